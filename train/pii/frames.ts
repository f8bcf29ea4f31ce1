import type { Random } from '../random.ts';

/** English sentences put together of parts, so that a name stands between many words rather than a few. */

const list = (lines: string): readonly string[] => lines.split('\n');

const OPENINGS = list(`
Yesterday 
Last week 
In the morning 
I heard that 
It seems that 
Do you know whether 
Because 
Unfortunately, 
Can you check if 
We noticed that 
i think 
As you know, 
By the way, 
After lunch 
Hi all, 
`);
const WHO = list(`{person}
{full}
{first}
{first}
{first} and {first}
{full} and {full}
{full}, {full} and {first}
{full} ({org})
{full} from {org}
the {last} family
my daughter {first}
my colleague {first}
our manager {full}
my friend {first}
my uncle {first}
{small}
{last}
{first}'s sister
Mr. {last}
Dr. {last}
{first} {last}'s lawyer
the {last}s
@{first}`);
const DID = list(`missed the bus
lost the keys
signed the contract with {org}
won the first prize
wants to return the {Word}
likes horses and music
has been working at {org} since May
was late again
broke the {Word}
will come on Friday
never answered the letter
plays the violin
moved to {city}
is getting married in June
resigned from the board of {org}
paid for dinner
got a new phone from {org}
cannot open the {word}
reviewed the {word}
lives near {city}
left the company
bought a {Word} and a {Word}
needs help with the {word}
had an accident on Monday
got a refund from {org}
said no
is on holiday`);
const ASKS = list(`Ask
Please tell
Can somebody remind
I met
We interviewed
They elected
Have you seen
I owe money to
This present is for
The {word} was written by
The talk was given by
a letter from
Thanks to
I was told by
Is he still married to
What does it cost to send {Word} to
Could you forward the {word} to
Write a poem for
Write a short speech about
The school was named after
Why did they fire
Who is
Say hello to
I work with
We chose
Everybody knows
The patent belongs to
The car of
Prepared for
Let's meet
Transfer the money to`);
const TAILS = list(`.
?
!

 about the {word}.
 who loves music.
 at {org}.
 because of the {word}?
 before Friday.
 tomorrow, please.
 of {org}.
 and {first}.
, please.
, the new {job}.
, {job} at {org}.
 whether the {word} is ready.
 ({org}).
 on the phone.
 or {org}?
; {full}; {full}
 instead of {full}.
: {num}
 - {phone}
, not {org}.`);
const TABLES = list(`i was told by {small} that my {word} is late
my boss {small} keeps asking me
can you find {small} for me
{small} lives in {city}
my teacher {small} is nice
how old is {small} now
{small} and {small} are friends
the doctor is called {small}
first_name;last_name;city\\n{first};{last};{city}\\n{first};{last};{city}
first,last,email\\n{first},{last},{mail}\\n{first},{last},{mail}
first_name\\tlast_name\\tphone\\n{first}\\t{last}\\t{phone}
last_name|first_name|amount\\n{last}|{first}|{num}
| Name | Phone |\\n|---|---|\\n| {full} | {phone} |\\n| {full} | {phone} |
| Customer | City |\\n|:--|:--|\\n| {full} | {city} |
Present: {full}; {full}; {full} ({org})
- {full} ({org})\\n- {full} ({org})
1. {full}\\n2. {full}\\n3. {full}
{first}: can you hear me?\\n{full}: yes
Contact: {full} - {phone}
{full} - {job} - {org}
{full} | {org} | {city}
{num} {full} {date} {num}
{full} (account holder)
Holder of the account: {full}, {org}
Insurance: {org}\\nPatient: {full}
{org}, {address}
{org}\\n{address}
The parcel for {full} of {address} came back.
The flat at {address} was sold for {num}.
Send it to {address} by Friday.
Author: {last}, {first}. Title: The {Word}.
Reviewer: {full}\\nProduct: {Word}
Cliente {full}, {num}
Client : {full}, {city}
Kunde {full}, Nr. {num}
Cliente: {full}
Titular: {full}
Firmato: {full}
Volgens {full} is de {word} te laat.
Volgens {first} komt {full} morgen.
El contrato lo firmó {full} en nombre de {org}.
La reunión fue organizada por {full} de {org}.
La riunione con {full} di {org} è stata rinviata.
Nato il {date}, residente in {address}.
Nascido em {date}, {full} mora em {city}.
Né le {date} à {city}, {full} travaille chez {org}.
Le rapport a été relu par {full} et {full}.
Fecha de nacimiento: {date}
Pedido {num} enviado el martes
Data di nascita: {date}
Datum: {date}
Fatura n.º {num} da {org}
Zaak {num} van {org}
Der Vertrag wurde von {full} und {full} unterschrieben.
Gestern hat {first} mit {full} telefoniert.`).map((line) =>
  line.replaceAll('\\n', '\n').replaceAll('\\t', '\t'),
);

/** Sentences where nobody is named, though names of persons are in them. */
const NOBODY = list(`{org} and {org} are on sale.
{org} raised prices by {num} percent.
I drove a {Word} to the {Word} and back.
We compared {org} with {org}.
the budget for {org} was approved
Did {org} answer?
My {Word} by {org} broke.
Prices at {org} went up.
{org} beat {org} {num}-{num}.
The {Word} law of {org}
Saint {first}'s Day is a holiday.
St. {last} Church is old.
Read "{first} of {Word}" by Friday.
The {last} Tower is {num} metres high.
{last} Street is closed.
{last} University was founded in 1870.
The {last} theorem and the {last} method
Use the {last} distance or the {last} transform.
{last} County, {last} Airport and {last} Park
Can somebody help me?
Can you send the {word}?
May I ask something?
Will it work?
Mark the {word} as done.
{Word}, {Word} and {Word} are planets.
Chase the {word}, bill the client, drew a line.
{org} {num}mm drill
a {last} & {last} coat
{last} {last} LLP reported a loss.`);

/** A sentence with slots, and now and then one without persons; `{last}` in those is no entity. */
export function frame(random: Random): { readonly template: string; readonly named: boolean } {
  const choice = random.next();
  if (choice < 0.3) return { template: random.pick(NOBODY), named: false };
  if (choice < 0.53) return { template: random.pick(TABLES), named: true };
  return {
    template:
      choice < 0.77
        ? `${random.pick(OPENINGS)}${random.pick(WHO)} ${random.pick(DID)}${random.pick(['.', '', '!', ' and left.', '?'])}`
        : `${random.pick(ASKS)} ${random.pick(WHO)}${random.pick(TAILS)}`,
    named: true,
  };
}
