/** Names by module; those of one module with blanks between them. */
export type Names = Readonly<Record<string, string>>;

/**
 * What of a library was looked at and found harmless whatever it is given: it opens no file, starts no process, talks to
 * no network, imports nothing and takes no attribute by a name that it is given, and runs no text.
 */
export interface Library {
  readonly name: string;
  /** Whose files hold these names. Names that are gone from newer ones stay: files of theirs are about. */
  readonly versions: string;
  readonly source: string;
  /** Functions, and classes that may be called with whatever arguments. */
  readonly calls: Names;
  /** Classes of which objects may be made and given their state, but whose `__init__` was not looked at or does more. */
  readonly makes?: Names;
  /** Enumerations: their members are named like attributes. */
  readonly members?: Names;
  /** Modules that hold the same under another name: old to new. */
  readonly renamed?: Names;
}
