import Type from 'typebox';

export const closed = { additionalProperties: false } as const;

/** A `${NAME}` may stand where a quantity is wanted, so that editors do not complain of it; it is filled in first. */
export const quantity = (pattern: string, form: string, description: string) =>
  Type.Union(
    [Type.Number({ minimum: 0 }), Type.String({ pattern: `^${pattern}$|\\$\\{`, description: form })],
    { description },
  );

export const size = (what: string, normal: string) =>
  quantity(
    '\\d+(\\.\\d+)? ?(B|KB|MB|GB)?',
    'a size such as 512KB or 10MB',
    `${what} A size such as 512KB or 10MB, or bytes. Default: ${normal}.`,
  );

export const duration = (what: string, normal: string) =>
  quantity(
    '\\d+(\\.\\d+)? ?(ms|s|m|h|d)?',
    'a duration such as 500ms, 30s or 5m',
    `${what} A duration such as 500ms, 30s or 5m, or seconds. Default: ${normal}.`,
  );

export const count = (what: string, normal: number) =>
  quantity('\\d+', 'a whole number', `${what} A whole number. Default: ${normal}.`);

export const texts = (description: string) => Type.Array(Type.String({ minLength: 1 }), { description });

export const secret = (description: string) =>
  Type.Union([Type.String(), Type.Object({ file: Type.String({ minLength: 1 }) }, closed)], { description });

export const oneOf = <const Word extends string>(words: readonly Word[], description: string) =>
  Type.Enum([...words], { description });

export const ModelName = Type.String({
  pattern: '^[A-Za-z0-9*][A-Za-z0-9._:/@+*-]{0,199}$|\\$\\{',
  description: 'a model name of letters, digits and . _ : / @ + -, with * for any run of characters',
});

export const ModelAtServer = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}$|\\$\\{',
  description: "the model's name at the server",
});
