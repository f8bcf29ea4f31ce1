/** Fields that were left empty are not sent: then what the gateway does by itself holds. */
export const given = (values: Readonly<Record<string, string>>): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value.trim() !== '')
      .map(([name, value]) => [
        name,
        name === 'roles' ? value.split(/[\s,]+/).filter((role) => role !== '') : value,
      ]),
  );
