import type { Provenance } from '../../exchange/part.ts';
import { fileData, fileId, mediaUrl, soundType } from '../media.ts';
import {
  either,
  type Fields,
  ident,
  object,
  opaque,
  parts,
  required,
  type Shape,
  text,
  tree,
  variant,
} from '../shape.ts';

/** The parts of items in a request of the Responses API. */

const marked: Fields = { prompt_cache_breakpoint: tree('other') };

const media: Readonly<Record<string, Fields>> = {
  input_image: { ...marked, image_url: mediaUrl, file_id: fileId, detail: ident },
  input_file: {
    ...marked,
    file_data: fileData,
    file_url: mediaUrl,
    file_id: fileId,
    filename: ident,
    detail: ident,
  },
  input_audio: {
    input_audio: required(
      object({
        data: required(opaque(({ format }) => soundType(format))),
        format: required(ident),
      }),
    ),
  },
};

/** A string, or parts that the model reads one after the other. */
export const content = (provenance: Provenance): Shape => {
  const said = { ...marked, text: required(text(provenance, { part: true })) };
  return either({
    string: text(provenance),
    array: parts(
      variant('type', {
        input_text: said,
        output_text: { ...said, annotations: tree('document'), logprobs: tree('other') },
        refusal: { refusal: required(text(provenance, { part: true })) },
        ...media,
      }),
    ),
  });
};

/** What a tool gave back: the same, or nothing. */
export const toolOutput = content('tool-result');
