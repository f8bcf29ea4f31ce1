/** A place in a {@link Trie}: so far along the edge that leads to a node. */
export interface Place<T> {
  readonly node: Node<T>;
  readonly along: number;
}

interface Node<T> {
  /** The rest of the edge that leads here, behind its first character. */
  edge: string;
  value: T | undefined;
  next: Map<string, Node<T>> | undefined;
}

/** Words in a tree whose edges are whole stretches: thousands of words take little more room than their text. */
export class Trie<T> {
  readonly #root: Node<T> = { edge: '', value: undefined, next: undefined };

  get start(): Place<T> {
    return { node: this.#root, along: 0 };
  }

  /** The first one who has a word keeps it. */
  add(word: string, value: T): void {
    let node = this.#root;
    for (let at = 0; at < word.length; ) {
      const char = word.charAt(at);
      const next = node.next?.get(char);
      if (next === undefined) {
        node.next ??= new Map();
        node.next.set(char, { edge: word.slice(at + 1), value, next: undefined });
        return;
      }
      const rest = word.slice(at + 1);
      const common = commonLength(next.edge, rest);
      if (common < next.edge.length) split(next, common);
      node = next;
      at += 1 + common;
    }
    node.value ??= value;
  }

  /** Where the next character leads; undefined where no word goes on with it. */
  step({ node, along }: Place<T>, char: string): Place<T> | undefined {
    if (along < node.edge.length)
      return node.edge.charAt(along) === char ? { node, along: along + 1 } : undefined;
    const next = node.next?.get(char);
    return next && { node: next, along: 0 };
  }

  /** What belongs to the word that ends here. */
  valueAt({ node, along }: Place<T>): T | undefined {
    return along === node.edge.length ? node.value : undefined;
  }

  /** Some word goes on from here. */
  goesOn({ node, along }: Place<T>): boolean {
    return along < node.edge.length || node.next !== undefined;
  }

  begins(char: string): boolean {
    return this.#root.next?.has(char) === true;
  }
}

function split<T>(node: Node<T>, at: number): void {
  const { edge, value, next } = node;
  node.next = new Map([[edge.charAt(at), { edge: edge.slice(at + 1), value, next }]]);
  node.edge = edge.slice(0, at);
  node.value = undefined;
}

function commonLength(a: string, b: string): number {
  let i = 0;
  while (i < a.length && i < b.length && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  return i;
}
