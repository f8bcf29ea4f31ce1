/** What was seen, and what to do: [seen, do], by the kind of guard. Never any text of the request. */
export interface CoachWords {
  readonly seen: string;
  readonly page: string;
  readonly other: readonly [string, string];
  readonly kinds: Readonly<Record<string, readonly [string, string]>>;
}

/** Kinds of guards by the first part of a reason; a guard with a name of its own is `other`. */
export const COACH_WORDS: Readonly<Record<string, CoachWords>> = {
  en: {
    seen: 'Seen:',
    page: 'More about it:',
    other: [
      'something that the policy does not allow',
      'Leave it out, or ask whoever is responsible for the policy.',
    ],
    kinds: {
      secrets: [
        'a key, token or password',
        'Whoever reads it could use it: take it out, put a stand-in there, and change it if it was sent before.',
      ],
      pii: ['personal data', 'It is not to leave for this model: take it out or put a stand-in there.'],
      injection: [
        'text that tries to change the instructions of the model',
        'If you only quote it, say less of it; if it came with a document, check where that is from.',
      ],
      bounds: ['hidden or forbidden characters, or too much text', 'Paste it as plain text, or send less.'],
      links: [
        'an address that could carry data out',
        'Ask again without links and pictures, or have the host allowed.',
      ],
      canary: [
        'the instructions of this application',
        'They are not given away: ask for what you want to know instead.',
      ],
      'prompt-leak': [
        'the instructions of this application',
        'They are not given away: ask for what you want to know instead.',
      ],
      markup: ['code that would run where it is shown', 'Ask for it as a block of code, or in plain words.'],
      format: ['an answer of another form than this application takes', 'Ask again, or more precisely.'],
      topics: [
        'a topic that this application does not talk about',
        'Ask about something else, or elsewhere.',
      ],
    },
  },
  de: {
    seen: 'Gesehen:',
    page: 'Mehr dazu:',
    other: [
      'etwas, das die Richtlinie nicht erlaubt',
      'Lassen Sie es weg, oder fragen Sie die Verantwortlichen.',
    ],
    kinds: {
      secrets: [
        'ein Schlüssel, Token oder Passwort',
        'Wer es liest, könnte es benutzen: nehmen Sie es heraus, setzen Sie einen Platzhalter, und ändern Sie es, falls es schon gesendet wurde.',
      ],
      pii: [
        'personenbezogene Daten',
        'Sie dürfen nicht an dieses Modell: nehmen Sie sie heraus oder setzen Sie Platzhalter.',
      ],
      injection: [
        'Text, der die Anweisungen des Modells ändern will',
        'Wenn Sie ihn nur zitieren, kürzen Sie; kam er mit einem Dokument, prüfen Sie dessen Herkunft.',
      ],
      bounds: [
        'versteckte oder verbotene Zeichen, oder zu viel Text',
        'Fügen Sie ihn als reinen Text ein, oder senden Sie weniger.',
      ],
      links: [
        'eine Adresse, die Daten hinaustragen könnte',
        'Fragen Sie ohne Links und Bilder, oder lassen Sie den Server freigeben.',
      ],
      canary: [
        'die Anweisungen dieser Anwendung',
        'Sie werden nicht herausgegeben: fragen Sie nach der Sache selbst.',
      ],
      'prompt-leak': [
        'die Anweisungen dieser Anwendung',
        'Sie werden nicht herausgegeben: fragen Sie nach der Sache selbst.',
      ],
      markup: [
        'Code, der beim Anzeigen laufen würde',
        'Fragen Sie nach einem Codeblock oder nach einfachen Worten.',
      ],
      format: [
        'eine Antwort in anderer Form, als diese Anwendung sie nimmt',
        'Fragen Sie noch einmal oder genauer.',
      ],
      topics: [
        'ein Thema, über das diese Anwendung nicht spricht',
        'Fragen Sie etwas anderes, oder anderswo.',
      ],
    },
  },
};
