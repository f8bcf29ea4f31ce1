import { shown } from '../../findings/finding.ts';
import type { Format, Part } from '../format.ts';
import { Malformed } from '../source.ts';
import { readModel, type Texts } from './read-model.ts';
import { BOOSTER_RULES as RULES } from './rules.ts';

const WINDOW = 1 << 18;
/** Bytes of one line: a tree of many leaves has long ones. */
const LONGEST = 16 << 20;
const LINE =
  /^(?:tree|Tree=\d{1,9}|end of trees|feature_importances:|feature importances:|parameters:|end of parameters|pandas_categorical:.*|average_output|linear_tree|\[[\w ]{1,60}:.*\]|[A-Za-z][\w ]{0,60}=.*|[^\s=]{1,4096}=[\d.eE+-]{1,30}|)$/s;
/** So many numbers stand in a line of a tree as it says that it has leaves, or one less. */
const PER_LEAF =
  /^(leaf_value|leaf_count|leaf_weight|split_feature|threshold|left_child|right_child|decision_type)=/;
const ONE_LESS = /^(?:split_feature|threshold|left_child|right_child|decision_type)$/;

/** Lines of a text of any length, with where they begin. */
async function* lines({
  source,
  pause,
}: Part): AsyncGenerator<{ readonly text: string; readonly at: number }> {
  let kept = Buffer.alloc(0);
  let start = 0;
  for (let at = 0; at < source.size; ) {
    const rest = pause();
    if (rest) await rest;
    const bytes = source.read(at, WINDOW);
    at += bytes.length;
    kept = Buffer.concat([kept, bytes]);
    let from = 0;
    for (let end = kept.indexOf(10); end >= 0; end = kept.indexOf(10, from)) {
      yield { text: kept.toString('utf8', from, end).replace(/\r$/, ''), at: start + from };
      from = end + 1;
    }
    start += from;
    kept = Buffer.from(kept.subarray(from));
    if (kept.length > LONGEST) throw new Malformed('a line is longer than any in use', start);
  }
  yield { text: kept.toString('utf8'), at: start };
}

async function walk(part: Part, texts: Texts): Promise<number> {
  let leaves = 0;
  let trees = 0;
  for await (const { text, at } of lines(part)) {
    // A control character has no place in a text of numbers.
    if (!LINE.test(text) || /[\u0000-\u0008\u000e-\u001f]/.test(text))
      throw new Malformed(`a line is none of a model: ${shown(text, 40)}`, at);
    if (text.startsWith('Tree=')) trees++;
    const count = /^num_leaves=(\d{1,9})$/.exec(text)?.[1];
    if (count !== undefined) leaves = Number(count);
    const name = PER_LEAF.exec(text)?.[1];
    if (name !== undefined && leaves > 1) {
      const numbers = text.slice(name.length + 1).split(' ').length;
      if (numbers !== (ONE_LESS.test(name) ? leaves - 1 : leaves) && text.length > name.length + 1)
        part.report({
          rule: RULES.bounds.id,
          message: `${name} has ${numbers} numbers for ${leaves} leaves`,
          range: { start: at, end: at + text.length },
        });
    }
    if (/[a-zA-Z]{3}/.test(text.slice(0, 4096).replace(/^[\w ]+=/, ''))) {
      texts.look(
        text.slice(text.indexOf('=') + 1),
        text.slice(0, Math.max(0, text.indexOf('='))).slice(0, 60) || 'a line',
        at,
      );
      part.readText(text, 'metadata', at);
    }
  }
  part.note({ trees });
  return part.source.size;
}

const text =
  (...given: readonly string[]) =>
  () =>
    Buffer.from(
      `${['tree', 'version=v3', 'num_class=1', 'objective=binary', ...given, 'end of trees'].join('\n')}\n`,
    );

/** LightGBM's models: a text of numbers. */
export const lightgbm: Format = {
  name: 'lightgbm',
  title: 'a model of LightGBM',
  rules: Object.values(RULES),
  firstBytes: 't',
  looks: (source) =>
    /^tree\r?\nversion=v\d/.test(Buffer.from(source.read(0, 32)).toString('latin1')) && 'sure',
  read: (part) => readModel(part, (texts) => walk(part, texts)),
  proof: {
    catches: [
      {
        name: 'leaves that are not there',
        bytes: text('Tree=0', 'num_leaves=1000', 'leaf_value=1 2'),
        rules: [RULES.bounds.id],
      },
      { name: 'code', bytes: text('objective=custom __import__("os").system("id")'), rules: [RULES.code.id] },
      { name: 'something else', bytes: text('import os; os.system("id")'), rules: [RULES.bounds.id] },
    ],
    passes: [
      {
        name: 'a tree',
        bytes: text(
          'feature_names=a b',
          'Tree=0',
          'num_leaves=2',
          'split_feature=1',
          'leaf_value=0.5 1.5',
          '',
          'parameters:',
          '[boosting: gbdt]',
        ),
      },
    ],
  },
};
