/** Sentences that none of the grammars in `train/` has: forms, stories, chats, notes, files, in nine languages. */
export const POSITIVE: readonly string[] =
  `I need to cancel my subscription. The account belongs to {PERSON}, and the mail on file is {EMAIL_ADDRESS}.
{PERSON} was spotted at the airport in sunglasses.
The deposition of {PERSON} begins at nine; counsel is {PERSON} of Harwick & Lowe LLP.
We regret to inform {PERSON} that the parcel for {STREET_ADDRESS} got lost.
What is the balance of the card {CREDIT_CARD}?
You can wire it to {IBAN_CODE} whenever you like
her social is {US_SSN} btw
our gateway at {IP_ADDRESS} keeps dropping packets
DOB {DATE_OF_BIRTH}, allergic to nuts
{PERSON}'s birthday party: she was born {DATE_OF_BIRTH} in Ohio
Text {PHONE_NUMBER} if you get lost on the way to {STREET_ADDRESS}.
Did {PERSON} ever reply to your fax at {PHONE_NUMBER}?
Passenger: {PERSON}\nSeat: 14C\nContact: {PHONE_NUMBER}
Landlord: {PERSON}\nProperty: {STREET_ADDRESS}\nRent: 1,250 USD
{PERSON} <{EMAIL_ADDRESS}> changed the status to Done
Meeting notes 4 June. Present: {PERSON}, {PERSON}. Absent: {PERSON}.
{PERSON} joined Orbital Dynamics as Chief Financial Officer in 2019.
The cheque was made out to {PERSON} and cashed by {PERSON}.
Nurse {PERSON} gave the second dose to {PERSON} at 14:30.
user_name={PERSON}&phone={PHONE_NUMBER}
{"guest": "{PERSON}", "mobile": "{PHONE_NUMBER}", "card": "{CREDIT_CARD}"}
{"applicant": {"dob": "{DATE_OF_BIRTH}", "ssn": "{US_SSN}", "residence": "{STREET_ADDRESS}"}}
customer;iban\n{PERSON};{IBAN_CODE}\n{PERSON};{IBAN_CODE}
UPDATE contact SET full_name='{PERSON}', tel='{PHONE_NUMBER}' WHERE mail='{EMAIL_ADDRESS}';
sshd[4121]: Accepted password for root from {IP_ADDRESS} port 51122 ssh2
Can you draft an apology to {PERSON} for the broken vase?
I used to live at {STREET_ADDRESS} before the fire.
The suspect, {PERSON}, was last seen near {STREET_ADDRESS}.
Could someone from billing ring me back on {PHONE_NUMBER}?
My wife's passport and her card {CREDIT_CARD} were stolen in Lisbon.
{PERSON} and {PERSON} got married last weekend.
Refer to {PERSON} for the biopsy.
Thanks a lot!\n\n{PERSON}\n{STREET_ADDRESS}\n{PHONE_NUMBER}
Payroll: {PERSON}, SSN {US_SSN}, account {IBAN_CODE}
Traffic from {IP_ADDRESS} and {IP_ADDRESS} was blocked.
The tax office wrote to {PERSON}, {STREET_ADDRESS}, about last year.
As {PERSON} once put it, nothing is free.
She's called {PERSON}, she works in logistics.
pls add {EMAIL_ADDRESS} and {EMAIL_ADDRESS} to the list
{PERSON}: when do we meet?\n{PERSON}: around six
Ich wurde am {DATE_OF_BIRTH} geboren, meine Handynummer ist {PHONE_NUMBER}.
Unser Mieter {PERSON} zieht in die {STREET_ADDRESS} um.
Überweisen Sie den Betrag bitte an {PERSON}, {IBAN_CODE}.
Dem Lehrling {PERSON} wurde gekündigt.
Ma soeur {PERSON} est née le {DATE_OF_BIRTH}.
Envoyez le colis au {STREET_ADDRESS} avant lundi.
Vous pouvez joindre {PERSON} au {PHONE_NUMBER}.
El técnico {PERSON} llegará a las diez a {STREET_ADDRESS}.
Mi correo es {EMAIL_ADDRESS}, fecha de nacimiento {DATE_OF_BIRTH}.
La collega {PERSON} ha perso la carta {CREDIT_CARD}.
O cliente {PERSON} mora em {STREET_ADDRESS} e o celular é {PHONE_NUMBER}.
De huurder {PERSON} is bereikbaar op {PHONE_NUMBER}.
Moja siostra {PERSON} pracuje w banku, e-mail {EMAIL_ADDRESS}.
Min kollega {PERSON} har flyttat till {STREET_ADDRESS}.`
    .split('\n')
    .map((line) => line.replaceAll('\\n', '\n'));

/** Numbers, logs, code and prose without anything personal. `#` is a digit, `%` a hexadecimal one. */
export const NEGATIVE: readonly string[] = `Order ###-####### has left the warehouse
Your tracking number is 1Z%%%###########
UPS tracking 9400 1000 0000 0000 ####
invoice 20##-#####, amount due 1,###.## EUR
ISBN 978-0-###-#####-#
ISBN-10: 0-##-######-#
ISSN 12##-56##
doi:10.10##/j.jmb.20##.0#.00#
commit %%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%
sha256:%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%
request id %%%%%%%%-%%%%-4%%%-a%%%-%%%%%%%%%%%%
20##-0#-1#T1#:3#:2#.###Z INFO server started in ### ms
[20##-0#-1# 1#:2#:3#,###] DEBUG pool size=## active=#
Jan 1# 0#:1#:2# host kernel: [######.######] usb 1-1: new device
epoch 17########, offset #######
ts=17########### level=warn msg="slow query" dur=###ms
v#.##.#-rc#
Release 10.##.#.#### of the firmware
version: ##.#.#.#
npm ERR! code E404 lodash@4.17.##
chrome/1##.0.####.## safari/537.##
lat 4#.######, lng -7#.######
coordinates: 5#.####° N, 1#.####° E
The price rose from $#,###.## to $##,###.##
Population: #,###,### (20## census)
EAN 40########## is out of stock
SKU ABC-####-## quantity ##
part number ###-##-#### revision B
serial no. SN#########
batch 20####-##
ticket #####: cannot log in
case no. 20##/####
page ## of ###, table #.#
RFC #### section #.#.#
pi = 3.14159265358979323846
0x%%%%%%%% 0x%%%%%%%%
color: #%%%%%%;
const MAX = ##########;
int x = ####; // see line ###
for (let i = 0; i < ####; i++) total += prices[i];
SELECT count(*) FROM events WHERE id BETWEEN ###### AND ######;
curl -X POST https://api.example.com/v1/items/########
http://localhost:80##/health
127.0.0.1:5432
255.255.255.0
10.0.0.0/8
{"id": ##########, "count": ##, "ratio": 0.####}
{"orderId": "###########", "total": ###.##}
exit code ###, pid #####
frame=#### fps= ## size= #####kB time=00:0#:1#.##
00:1#:2# --> 00:1#:2#
Flight LH#### departs at 1#:4# from gate B##
room ###, floor #
score ###-### after overtime
The match ended 2-1 on ##/##/20##.
The meeting is on March 1#, 20## at 3 pm.
between 19## and 20## the company grew
chapter #, verses ##-##
Bolt M8x## DIN 93#
GTIN 0##############
IMEI ##-######-######-#
Bestellnummer ######### vom 1#.0#.20##
Rechnung Nr. 20##-####
Commande n° #########
Pedido ########## entregado
score: 1234567890
seed=########## lr=0.000#
md5 %%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%
git rev-parse HEAD -> %%%%%%%
the first primes are 2, 3, 5, 7, 11, 13
x = [1##, 2##, 3##, 4##]
error at 0x%%%%%%%%%%%%%%%% in libfoo.so.##
CVE-20##-#####
Ubuntu ##.04 LTS
MySQL 8.0.## on port 33##
temperature ##.#°C, humidity ##%
The Golden Gate Bridge is #### meters long.
What does the Java Virtual Machine do?
Please summarise the Annual Report of the World Bank.
Microsoft Excel and Google Sheets are spreadsheets.
The French Revolution began in 1789.
Der Bericht wird am Montag im Ausschuss beraten.
La Constitución de 1978 sigue vigente.
Il Parlamento ha approvato la Legge di Bilancio.
Use the Settings page, then click Save Changes.
Congratulations! You have won the Grand Prize.
Error: Connection Refused by Remote Host
export default class OrderService extends BaseService {}
@Override public String toString() { return "Node"; }
function parseDate(value) { return new Date(value); }
TypeError: Cannot read properties of null (reading 'length')
    at Module._compile (node:internal/modules/cjs/loader:##:##)
docker run -p 80##:80 nginx:1.##
kubectl get pods -n prod web-%%%%%%%%%-x#k#z
BUILD SUCCESSFUL in ##s
WARN [http-nio-8080-exec-#] o.s.web.Servlet : took ####ms
GET /orders/######## 200 ##ms - ####
id,amount,currency\n#####,##.##,EUR\n#####,##.##,USD
Apple, Banana, Cherry and Orange juice`
  .split('\n')
  .map((line) => line.replaceAll('\\n', '\n'));
