/** Answers such as models give: prose, a list with links, code, a table, another language. */
export const ANSWERS: Readonly<Record<string, string>> = {
  prose:
    'The ferry leaves at seven in the morning, if the weather allows it. You can buy tickets at the harbour office or on the company’s page; children under six travel free. If you bring a car, be there at least an hour before, since the lanes close early in summer. '.repeat(
      4,
    ),
  list: '## What to pack\n\n1. **A coat** - it is windy on deck (see [the forecast](https://weather.example.com/today)).\n2. *Sunglasses*, and a hat.\n3. Your ticket: https://tickets.example.com/my?id=4711\n\n> Note: a = b is not the same as b := a.\n\n'.repeat(
    4,
  ),
  code: 'Here is a small server:\n\n```ts\nimport http from "node:http";\n// answers every request\nconst server = http.createServer((req, res) => {\n  res.setHeader("content-type", "text/html");\n  res.end(`<h1>${req.url}</h1>`);\n});\nserver.listen(8080, "127.0.0.1");\n```\n\nRun it with `node server.ts`.\n\n'.repeat(
    3,
  ),
  table:
    '| route | hours | price |\n|---|---:|---:|\n| north | 2.5 | 40 |\n| south | 4 | 65 |\n| islands | 7 | 120 |\n\n'.repeat(
      6,
    ),
  german:
    'Die Fähre fährt um sieben Uhr, wenn das Wetter es erlaubt. Fahrkarten gibt es im Büro am Hafen; Kinder unter sechs Jahren fahren frei. '.repeat(
      6,
    ),
};

/** About as models cut: a word with the blank before it, long ones in two. */
export const tokensOf = (text: string): string[] =>
  text.match(/\s?[\p{L}\p{N}]{1,6}|\s?[^\s\p{L}\p{N}]{1,3}|\s+/gu) ?? [];
