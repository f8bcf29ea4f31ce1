/**
 * Words to know a repaired reading by, and to set a text without spaces apart again: the commonest English words, and
 * those that orders to a model are made of.
 */
const LIST = `a i the and to of in is it you that he was for on are as with his they at be this have from or one had by
but not what all were we when your can said there use an each which she do how their if will up other about out many then them
these so some her would make like him into time has look two more write go see number no way could people my than first water been
call who its now find long down day did get come made may part over new sound take only little work know place year live me back
give most very after thing our just name good sentence man think say great where help through much before line right too mean old
any same tell boy follow came want show also around form three small set put end does another well large must big even such because
turn here why ask went men read need land different home us move try kind hand picture again change off play spell air away animal
house point page letter mother answer found study still learn should world high every near add food between own below country plant
last school father keep tree never start city earth eye light thought head under story saw left few while along might close
something seem next hard open example begin life always those both paper together got group often run important until children side
feet car mile night walk white sea began grow took river four carry state once book hear stop without second later miss idea enough
eat face watch far really almost let above girl sometimes mountain cut young talk soon list song being leave family it's
ignore ignoring disregard forget override overrule bypass skip previous prior preceding earlier former above following instruction
instructions command commands directive directives rule rules guideline guidelines policy policies prompt prompts system user
assistant developer message messages context conversation hidden secret secrets password passwords key keys token tokens credential
credentials reveal show print output repeat display disclose leak expose dump return respond reply answer say write act pretend
imagine roleplay role play character persona mode model language chatbot chatgpt gpt claude gemini llama bot jailbreak dan unlimited
unrestricted restriction restrictions restricted filter filters filtered safety safe unsafe harmful illegal dangerous ethical ethics
moral morals content censor censored uncensored limit limits limitation limitations constraint constraints free freely enable enabled
disable disabled activate activated admin administrator root sudo access grant granted execute run eval code shell script delete
remove drop database table file files send email mail forward upload download fetch url link http https image webhook request post
data information confidential private personal sensitive account bank transfer money credit card bomb weapon drug drugs poison virus
malware hack hacker hacking exploit attack explosive explosives kill steal phishing steps step explain detail detailed details
describe provide generate create produce build recipe make making instructing told tells given initial original entire full whole
complete word verbatim exactly translate decode encode encoded decoded base text string input task tasks question questions story
test testing debug simulate simulation hypothetical fictional scenario game opposite evil no don't do not never refuse refusing
refusal warning warnings disclaimer disclaimers apologize sorry cannot can't sure here begin start with end now on onwards must
important urgent critical immediately stop please dear hello hi world thank thanks ok okay yes everything anything nothing something
anyone someone everyone true false real tool tools function functions call calls agent agents memory session secretly silently quietly
stay until longer anymore instead only also today tomorrow document documents website page click attention note inside outside within
how what when where who why api private server network internal config configuration environment variable variables source`;

export const WORDS: ReadonlySet<string> = new Set(LIST.split(/\s+/));
export const LONGEST_WORD = 16;

/** A few of the commonest words of other languages in Latin letters, folded: to know a reading by, not to split by. */
const ABROAD = `alle anweisungen bitte das den der dich die du ein eine ich ignoriere ist mir nicht sage sie und vergiss von was
wenn wir zu zeige bisherigen vorherigen tous toutes les des est que pour dans vous ignorez ignore instructions precedentes avec sur pas
une mot passe systeme montre dis moi todas las los instrucciones anteriores por para que con una del eres ahora dime ignora muestra olvida
contrasena sistema tutte istruzioni precedenti gli della dimmi mostra sei ora dimentica che non instrucoes todas as anteriores voce
agora mostre esqueca senha uma nao com alle het een vorige instructies negeer vergeet je dat van wachtwoord och att det som alla tidigare
instruktioner ignorera ar wszystkie poprzednie instrukcje zignoruj jest nie tum onceki talimatlari unut bir sana bana goster semua
perintah sebelumnya abaikan dan yang anda kamu adalah`;

export const KNOWN_WORDS: ReadonlySet<string> = new Set([...WORDS, ...ABROAD.split(/\s+/)]);

/** Which first and last letters the known words of each length have: most that is no word is told by these. */
const FRAMES = new Uint8Array((LONGEST_WORD + 1) * 32 * 32);
const frameOf = (length: number, first: number, last: number): number =>
  (length * 32 + (first & 31)) * 32 + (last & 31);
for (const word of KNOWN_WORDS)
  FRAMES[frameOf(word.length, word.charCodeAt(0), word.charCodeAt(word.length - 1))] = 1;

/** Whether a known word of this length may begin and end with these letters, in either case. */
export const mayBeKnown = (length: number, first: number, last: number): boolean =>
  length <= LONGEST_WORD && FRAMES[frameOf(length, first, last)] === 1;

/** Whether it is a known word, in either case. */
export const isKnown = (word: string): boolean =>
  mayBeKnown(word.length, word.charCodeAt(0), word.charCodeAt(word.length - 1)) &&
  KNOWN_WORDS.has(word.toLowerCase());
