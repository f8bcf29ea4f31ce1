import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type { Prompt } from '../../exchange/exchange.ts';
import { Reading } from '../reading.ts';
import { readBody, type Shape } from '../shape.ts';

/**
 * Reads a request whose model stands in its address. Bodies may repeat it (`"model": "models/x"`): it must be the
 * same one there, since nobody knows which of two the model server would take.
 * @param id what the address says
 * @param named the objects of the body that may repeat it, once the body has been read
 */
export function readNamed(
  shape: Shape,
  body: JsonObject,
  id: string | undefined,
  named: (body: JsonObject) => readonly (Json | undefined)[] = (whole) => [whole],
): Pick<Prompt, 'model' | 'slots' | 'opaque' | 'tools' | 'rename' | 'body'> {
  const reading = new Reading('client');
  if (id === undefined || id === '') return reading.refuse('/model', 'It is required in the address.');
  // Fixed, so no mask comes: it stands nowhere in the body.
  const put = () => undefined;
  reading.found({ path: '/model', provenance: 'other', format: 'text', text: id, fixed: true, put });
  readBody(shape, body, reading);
  const holders = named(body).filter((one) => isObject(one) && (one.model ?? null) !== null) as JsonObject[];
  for (const { model } of holders) {
    if (model !== id && model !== `models/${id}`)
      reading.refuse('/model', 'The body names another model than the address.');
  }
  const rename = (as: string) => {
    for (const holder of holders) holder.model = `models/${as}`;
  };
  return {
    model: id,
    slots: reading.slots,
    opaque: reading.opaque,
    tools: reading.tools.declared,
    rename,
    body,
  };
}
