/** Sentences with places for entities, by language. `{person}` and the like are entities; `{num}`, `{Word}` … are not. */
export const CARRIERS: Readonly<Record<string, readonly string[]>> = {
  en: `My name is {person} and I would like to change my {word}.
my name is {small} and i live in {city}
hi, i am {small}, can you help me with my {word}?
this is {small} from {org}, please call me back
I'm {first} from {city}.
{person} lives at {address}.
{person} lives in {city} and works as a {job} at {org}.
Please contact {person} at {phone} or {mail}.
Dear {person},
Dear {person}, thank you for your {word} of {date}.
Hi {first}, did you get the {word} from {org}?
Hello {first}! {person} asked me about the {Word} {word}.
Kind regards,\n{full}\n{job}, {org}
Best,\n{first}
Sincerely,\n{person}\n{address}
Ship to:\n{full}\n{address}
Deliver it to {address}, attention {person}.
Our new office is at {address}.
I moved from {city} to {address} last year.
Send the invoice to {org}, {address}.
Name: {full}\nAddress: {address}\nPhone: {phone}\nEmail: {mail}
First name: {first}\nLast name: {last}\nDOB: {date}
Full name: {full} | Date of birth: {date} | SSN: {ssn}
Patient: {person}\nMRN: {num}\nDiagnosis: asthma
The patient, {person}, was admitted on {date} with chest pain.
Pt {last} seen by Dr. {last} in clinic today.
{person} (born {date}) complained of headaches; referred to {person}.
According to {person}, the {word} was late.
"{person} told me about the {word}," said {full}.
{full}, {job} of {org}, said on Monday that {last} would resign.
The {job} {full} met {full} in {city}.
{org} hired {full} as {job}.
The account holder is {full}, IBAN {iban}.
Charge the card {card} of {full}, please.
{"name": "{full}", "email": "{mail}", "city": "{city}"}
{"first_name": "{first}", "last_name": "{last}", "address": "{address}"}
{"customer": {"fullName": "{full}", "phone": "{phone}", "street": "{address}"}, "id": {num}}
INSERT INTO customers (name, city) VALUES ('{full}', '{city}');
INSERT INTO people VALUES ({num}, '{first}', '{last}', '{mail}');
UPDATE users SET name = '{full}', address = '{address}' WHERE id = {num};
SELECT * FROM orders WHERE customer = '{full}';
id,name,city\n{num},{full},{city}\n{num},{full},{city}
name;email;phone\n{full};{mail};{phone}\n{full};{mail};{phone}
{full},{mail},{ssn}
{num}\t{full}\t{city}\t{date}
<name>{full}</name><street>{address}</street>
name: {full}
user={first} action=login ip={ip}
2024-05-01 12:00:01 INFO user {full} logged in from {ip}
From: {full} <{mail}>\nTo: {full} <{mail}>\nSubject: {word}
On {date}, {full} wrote:
cc: {full}, {full} and {full}
Attendees: {full}, {full}, {first}, {person}
[{date}] {first}: did {first} send it?
{first}: hello\n{first}: hi there
@{first} can you review this?
{full}'s {word} was cancelled by {first}.
I talked to {first} and {first} yesterday about {Word}.
What did {full} say about {org}?
Write a letter to {full}, {address}.
Summarise the career of {full} for me.
Please book a table for {first} {last} at eight.
Is {full} still working for {org} in {city}?
The emergency contact is {full} ({phone}).
Emergency contact: {full}, {phone}
Beneficiary: {full}
Signed by {full} on {date}.
Witness: {person}
Tenant {full} rents the flat at {address} from {full}.
Mr and Mrs {last} will arrive on Friday.
Employee {full} (ID {num}) reports to {full}.
My wife {first} and my son {first} travel with me to {city}.
He was born in {city} on {date}.
Flight from {city} to {city} for passenger {full}.
How can I get from {address} to {city}?
{full} can be reached at {phone}.
Call {first} on {phone}.
Ask for {person} at the desk.
Please update the billing address to {address}.
My address is {address} and my phone is {phone}.
Current address: {address}
{address}
{full}
{full}\n{address}\n{phone}
I bought a {Word} from {org} and it broke.
{org} has its headquarters in {city}.
Do you know where {city} is?
The weather in {city} is nice.
{full} paid {num} dollars to {full}.
The judge, {person}, sentenced {full} to two years.
{full} v. {full}
Author: {full}
Reported-by: {full} <{mail}>
// written by {full}
Thanks, {first}
Regards {full}
Could you thank {full} for the flowers?
We are sorry to tell {full} that the order is late.
The cheque for {full} was cashed by {full}.
She is called {full}.
Present: {full}, {first}. Absent: {full}.
Payroll: {full}, salary {num}
Refer to {person} for the exam.
{person} was seen at the station in {city}.
The statement of {full} was read by {person}.
The witness {full} and the driver {full} left {city}.
{person} once said that nothing is free.
UPDATE person SET display_name='{person}', tel='{phone}' WHERE id={num};
guest={full}&room={num}
The bank wrote to {person}, {address}, about the {word}.
The letter for {person}, {address}, came back.
{person}, {address}
I lived at {address} for years.
We lived at {address} until {date}.
{person} and {person} bought a house.
{first} <{mail}> closed the {word}
{full}: see you at six
The son of {full} studies in {city}.
Interview with {full}: "we grew up in {city}".
Customer {full} with card {card} wants a refund.
Can you check whether {full}, born {date}, has an appointment?`
    .split('\n')
    .map((line) => line.replaceAll('\\n', '\n').replaceAll('\\t', '\t')),
  de: `Mein Name ist {person} und ich wohne in {city}.
ich heiße {small} und brauche hilfe
Sehr geehrter Herr {last},
Sehr geehrte Frau {last}, vielen Dank für Ihre Nachricht vom {date}.
Hallo {first}, hast du den Bericht von {full} gelesen?
Bitte rufen Sie {person} unter {phone} an.
{full} wohnt in der {address}.
Meine Adresse lautet {address}.
Die Rechnung geht an {org}, {address}.
Mit freundlichen Grüßen\n{full}
Patient: {full}, geb. {date}
Der Patient {full} wurde am {date} von Dr. {last} untersucht.
Vorname: {first}\nNachname: {last}\nAnschrift: {address}
Kontoinhaber: {full}, IBAN {iban}
Die Firma {org} hat {full} eingestellt.
{full} arbeitet als Ingenieur bei {org} in {city}.
Der Kunde {full} hat die Bestellung {num} storniert.
Laut {full} war der Server am Montag nicht erreichbar.
Die Hauptstadt heißt {city}, und das Wetter ist schön.
Lieferung an: {full}, {address}
Viele Grüße, {first}
Ansprechpartner ist {person}, Tel. {phone}
Ich bin {first} aus {city}.
Unser Kunde {full} hat gestern angerufen.
Mein Bruder {full} zieht nach {city} um.
Der Zeuge {full} sagte am Freitag aus.
Bitte überweisen Sie den Betrag an {full}.
Wir haben Frau {last} die Unterlagen geschickt.
Meine Schwester wohnt jetzt in der {address} und arbeitet in {city}.
Können Sie {first} bitte die Unterlagen schicken?`
    .split('\n')
    .map((line) => line.replaceAll('\\n', '\n')),
  fr: `Je m'appelle {person} et j'habite à {city}.
bonjour, je suis {small} et j'ai une question
Mon adresse : {address}, tél. {phone}
Cher {first}, merci pour ton message.
Madame {last}, nous avons bien reçu votre dossier.
Le patient {full}, né le {date}, est suivi par le docteur {last}.
Nom : {last}\nPrénom : {first}\nAdresse : {address}
Contactez {person} au {phone}.
{full} habite au {address}.
La société {org} a recruté {full} à {city}.
Selon {full}, la livraison est en retard.
Cordialement,\n{full}
Ma tante {full} est arrivée hier.
Le témoin {full} a parlé.
Notre voisin {full} a perdu ses clés.
La facture doit être envoyée à {org}, {address}.
Bonjour, c'est {full} de {org}.
Le titulaire du compte est {full}.
Il fait beau à {city} en juillet.
Livrer à {full}, {address}`
    .split('\n')
    .map((line) => line.replaceAll('\\n', '\n')),
  es: `Me llamo {person} y vivo en {city}.
hola, soy {small} y necesito ayuda con mi pedido
Mi dirección es {address} y mi teléfono {phone}.
Estimado {person}:
Estimada Sra. {last}, gracias por su mensaje.
El paciente {full}, nacido el {date}, ingresó ayer.
Nombre: {full}\nDirección: {address}\nTeléfono: {phone}
{full} vive en {address}.
Según {full}, el pedido llegó tarde.
La empresa {org} contrató a {full} en {city}.
Un saludo,\n{full}
Mi hermano {full} trabaja en {org}.
El testigo {full} declaró ayer.
La doctora {last} no está.
El titular de la cuenta es {full}, IBAN {iban}.
Llama a {first} al {phone}.
Enviar a: {full}, {address}
Hace calor en {city} en agosto.
¿Conoces a {full} de {org}?`
    .split('\n')
    .map((line) => line.replaceAll('\\n', '\n')),
  it: `Mi chiamo {person} e abito a {city}.
ciao, sono {small}, avrei bisogno di aiuto
Il mio indirizzo è {address}.
Gentile {person}, grazie per la Sua richiesta.
Il paziente {full}, nato il {date}, è stato visitato dal dott. {last}.
Nome: {first}\nCognome: {last}\nIndirizzo: {address}
{full} abita in {address}.
Secondo {full} la consegna è in ritardo.
L'azienda {org} ha assunto {full} a {city}.
Cordiali saluti,\n{full}
Mio fratello {full} lavora in banca.
Il testimone {full} ha parlato.
Intestatario del conto: {full}
Chiama {first} al {phone}.
Spedire a {full}, {address}`
    .split('\n')
    .map((line) => line.replaceAll('\\n', '\n')),
  pt: `Meu nome é {person} e moro em {city}.
oi, eu sou {small} e preciso de ajuda
O meu endereço é {address}.
Prezado {person}, obrigado pelo contato.
O paciente {full}, nascido em {date}, foi internado.
Nome: {full}\nEndereço: {address}\nTelefone: {phone}
{full} mora na {address}.
A empresa {org} contratou {full} em {city}.
Segundo {full}, o pedido atrasou.
Atenciosamente,\n{full}
Ligue para {first} no {phone}.
Entregar a {full}, {address}`
    .split('\n')
    .map((line) => line.replaceAll('\\n', '\n')),
  nl: `Mijn naam is {person} en ik woon in {city}.
hallo, ik ben {small} en ik heb een vraag
Mijn adres is {address}.
Beste {first}, bedankt voor je bericht.
Geachte mevrouw {last},
De patiënt {full}, geboren op {date}, is opgenomen.
Naam: {full}\nAdres: {address}
{full} woont op {address}.
Volgens {full} is de bestelling te laat.
Het bedrijf {org} heeft {full} aangenomen.
Met vriendelijke groet,\n{full}
Bel {first} op {phone}.`
    .split('\n')
    .map((line) => line.replaceAll('\\n', '\n')),
  pl: `Nazywam się {person} i mieszkam w {city}.
cześć, jestem {small} i mam pytanie
Mój adres to {address}.
Szanowny Panie {last},
Pacjent {full}, urodzony {date}, został przyjęty.
Imię: {first}\nNazwisko: {last}\nAdres: {address}
{full} mieszka przy {address}.
Firma {org} zatrudniła {full}.
Według {full} zamówienie jest spóźnione.
Pozdrawiam,\n{full}
Proszę zadzwonić do {first}: {phone}`
    .split('\n')
    .map((line) => line.replaceAll('\\n', '\n')),
  sv: `Jag heter {person} och bor i {city}.
Min adress är {address}.
Hej {first}, tack för ditt mejl.
Patienten {full}, född {date}, skrevs in.
Navn: {full}\nAdresse: {address}
Mit navn er {full}.
Jeg heter {full} og bor i {address}.
Nimeni on {full}.
Med vänlig hälsning,\n{full}
{full} arbetar på {org}.`
    .split('\n')
    .map((line) => line.replaceAll('\\n', '\n')),
  cs: `Jmenuji se {full} a bydlím v {city}.
Vážený pane {last},
Jméno: {full}\nAdresa: {address}
Zovem se {full}.
Pacient {full} byl přijat dne {date}.
S pozdravem,\n{full}`
    .split('\n')
    .map((line) => line.replaceAll('\\n', '\n')),
  ru: `Меня зовут {full}, я живу в городе {city}.
Уважаемый {full}!
Пациент {full}, дата рождения {date}.
ФИО: {last} {first}
Здравствуйте, {first}, спасибо за письмо.
С уважением,\n{full}
Мой адрес: {address}
Позвоните {full} по номеру {phone}.
Компания {org} наняла {full}.`
    .split('\n')
    .map((line) => line.replaceAll('\\n', '\n')),
  tr: `Benim adım {full} ve {city} şehrinde yaşıyorum.
Sayın {full},
Adres: {address}
Hasta {full}, doğum tarihi {date}.
Saygılarımla,\n{full}`
    .split('\n')
    .map((line) => line.replaceAll('\\n', '\n')),
};

/** Texts that look like names and addresses, and are none. */
export const NEGATIVES: readonly string[] = `The {Word} release is planned for Monday.
How do I install {Word} on Windows?
Please open the File menu and choose Save As.
What is the difference between Python and Java?
The Treaty of Versailles ended World War I in 1919.
Version {num}.{num} of {Word} fixes a bug in the HTTP client.
Explain the Pythagorean theorem with an example.
In March we met in the Conference Room on Floor {num}.
The {org} report shows that revenue grew by {num} percent.
I work at {org} and I use {Word} every day.
Error: Cannot read property of undefined at Object.run ({Word}.js:{num}:{num})
const result = await Client.create({ id: {num}, name: "default" });
class {Word}Controller extends BaseController {
import { Component } from '@angular/core';
SELECT id, total FROM Orders WHERE status = 'OPEN' LIMIT {num};
INSERT INTO products (sku, title) VALUES ({num}, 'Blue Chair');
{"id": {num}, "status": "Active", "type": "Premium"}
{"product": "Garden Hose", "color": "Green", "price": {num}}
sku,title,price\n{num},Kitchen Knife,{num}\n{num},Desk Lamp,{num}
2024-05-01 12:00:01 ERROR [main] com.example.{Word}Service - Timeout after {num} ms
GET /api/v2/Users/{num} HTTP/1.1\nHost: example.com\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)
Chapter {num}: The History of Rome
Total: {num} EUR. Due Date: {date}. Payment Terms: 30 Days.
Order #{num} shipped via UPS, tracking 1Z{num}.
Invoice No. {num} dated {date}
Meet me at 5 pm on Tuesday.
Room {num}, Building B
Take {num} tablets of Ibuprofen daily.
The Eiffel Tower is {num} meters high.
Chapter 12 Section 4 Paragraph 9
Gate {num}, Terminal 2, Boarding {num}:30
At {num} Hz the Fourier Transform shows a peak.
Use the Monte Carlo method with {num} samples.
The Doppler effect, the Turing machine and the Bayes theorem.
The Nobel Prize in Physics was awarded in {num}.
Write a Haiku about Autumn.
Translate the following text into German: Good Morning.
Dear Sir or Madam,
Dear Customer,
Hello World!
Hi Team, please find the Report attached.
Dear Hiring Manager,
Sehr geehrte Damen und Herren,
Madame, Monsieur,
Estimado cliente:
Best regards,\nThe Support Team
Name: Default\nStatus: Active
name: build\non: push
Customer Service is open from Monday to Friday.
User: What is the capital of France?\nAssistant: Paris.
The Mercedes and the Tesla were parked outside.
You are an expert in Marketing and Sales.
Act as a Linux Terminal.
MAX_SIZE = {num}; TIMEOUT = {num}
TODO: fix the Parser, see RFC {num}
Warning: Low Disk Space on Drive C
Die Bundesregierung hat am Montag das Gesetz beschlossen.
Der Hund spielt im Garten, und die Katze schläft auf dem Sofa.
Bitte senden Sie mir die Rechnung und den Lieferschein.
Die Anleitung für den Drucker liegt im Büro.
Le Conseil a adopté la Résolution {num}.
La Ley de Protección de Datos entró en vigor en Mayo.
Il Consiglio ha approvato la legge.
Add {num} cups of Flour and a pinch of Salt.
The North Pole is cold. South Park is a show.
Amazon River, Mount Everest, Lake Superior.
I read Harry Potter and The Lord of the Rings.
Apple Pie Recipe: Preheat the Oven.
BREAKING NEWS: STOCK MARKET FALLS
IMPORTANT: READ THIS FIRST
NOTE: DO NOT DELETE
API Key, Access Token and Refresh Token
Europe/Berlin, America/New_York, Asia/Tokyo
Senior Software Engineer wanted, Full Time, Remote.
3 bedroom house, 2 baths, {num} sqft
Highway {num} is closed. Route 66 is famous.
12 Angry Men is a movie. 7 Up is a drink.
Buy 2 Get 1 Free on all Shoes this Weekend.
Give me {num} reasons why Coffee is good.
Figure {num}: Distribution of Errors. Table {num}: Results.
lat {num} lon {num}
ISBN 978-{num}
pid {num} exited with code {num}
Mark the box and bill the customer; will it rain in May?
Grace period, rose garden, art class, frank opinion, jack of all trades.
Hunter Green, Sky Blue and Rose Gold are colors.
Il Parlamento e il Governo discutono la Legge di Stabilità.
O Governo aprovou a Lei de Bases.
La Cámara de Diputados aprobó la Ley de Aguas.
Rechnung Nr. {num} vom {date}
Die Lieferung der Ware erfolgt innerhalb von {num} Tagen nach Eingang der Zahlung.
Unser Team freut sich auf Ihre Anfrage, das Angebot gilt bis Freitag.
Kundennummer {num}, Vertrag Nr. {num}, Zähler {num}
Welche Sprache spricht man in der Schweiz?
Ma voiture est en panne. Notre service est fermé le Lundi.
Mi coche no arranca. Nuestro equipo trabaja los Lunes.
Facture N° {num} du {date}. Conditions Générales de Vente.
WARN [main] o.s.boot.Application : started in {num} ms
at org.apache.Catalina.core.Engine.run(Engine.java:{num})
System.out.println("Done"); String name = "Default";
Screw M{num} DIN {num}, Steel, Grade {num}
Motor XR{num} Mark {num}, Type C, Class {num}
{org} and {org} signed a deal worth {num} dollars.`
  .split('\n')
  .map((line) => line.replaceAll('\\n', '\n'));
