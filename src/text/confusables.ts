/**
 * Characters that pass for a Latin letter: of TR39's confusables what maps onto ASCII letters, and what the fancy-text
 * generators use. Written as runs of `from` characters over the `to` characters, position by position.
 */
type Row = readonly [from: string, to: string];

/** Latin by kind, whatever stands around: IPA, small capitals, strokes, turned letters, modifier letters. */
const LATIN: readonly Row[] = [
  ['ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢᴁᴃᴆᴌᴎ', 'abcdefghijklmnopqrstuvwyzabdln'],
  ['ɐɔǝɟƃɥᴉɾʞꞁɯɹʇʌʍʎɓɗɠƙƥƭⱱ', 'acefghijklmrtvwybdgkptv'],
  ['øØđĐłŁħĦŧŦıȷɑɡɩƖƗɨȼɇǥɉꝁƚꝋꝑꞧɍⱦʉɏƶƀɖɛɣɦɱŋɲƞɵʂʋʐəƏꬃꬁ', 'oOdDlLhHtTijagiIIicegjklopprtuyzbdeyhmnnnosvzeEee'],
  ['ƁƂƄƇƉƊƎƐƑƓƘƝƟƠƤƬƮƱƲƳƵȢɊɌɎꓘ', 'BBbCDDEEFGKNOOPTTUVYZOQRYK'],
  ['ðÐþÞƿɸ⍺', 'dDpPpoa'],
];

/** Letters of other scripts that look the same: a word of nothing else is read as Latin if the text around it is. */
const TWINS: readonly Row[] = [
  ['аеорсухіјѕһԁԛԝӏԍѵү', 'aeopcyxijshdqwlgvy'],
  ['АВЕКМНОРСТХІЈЅԌԚԜҮӀѴ', 'ABEKMHOPCTXIJSGQWYIV'],
  ['ονραυ', 'ovpau'],
  ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'ABEZHIKMNOPTYX'],
  ['օսհոցզյք', 'ouhngqjp'],
  ['ᎠᎡᎢᎥᎪᎫᎬᎳᎷᎻᎽᏀᏃᏎᏏᏒᏔᏕᏙᏚᏞᏟᏢᏦᏴᏵᎶᎰᏂᏝᎮ', 'DRTiAJEWMHYGZSbRWSVSLCPKBGGPhLp'],
  ['ꓐꓑꓒꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ', 'BPdDTGKJCZFMNLSRVHWXYAEIOU'],
  ['ⲀⲂⲈⲎⲒⲔⲘⲚⲞⲢⲤⲦⲨⲬⲟⲣⲥⲭ', 'ABEHIKMNOPCTYXopcx'],
  ['ᗩᗷᑕᗪᕮᖴᘜᕼᒍᛕᒪᗰᑎᑭᖇᔕᑌᐯᗯ᙭ᘔᗅᗞᗴᖶᐱᗝ', 'ABCDEFGHJKLMNPRSUVWXZADETAO'],
  ['卂乃匚乇千卄丨爪几卩尺丂ㄒㄩ山乂ㄚ乙ㄥㄖ口工凵丅丫ﾌ', 'ABCEFHIMNPRSTUWXYZLOOIUTYJ'],
];

/** Letters that look alike: read as Latin in a word that has Latin letters too. */
const ALIKE: readonly Row[] = [
  ['кмтвнгпьзиУԞԀҺҒҚҢҰүҝқңғ', 'kmtbhrnbenYKdhFKHYykkhf'],
  ['βγεηικτχωσςμπδζθλξφψ', 'byeniktxwocunozolefy'],
  ['ΛΣΔΘΞΠΩΓΦ', 'AEAOENOrO'],
  ['տռբԱՏՍԼՕԵ', 'snpUSULOE'],
  ['ᏗᏋᎦᏖᏬᏍᎤᏊᏌ', 'aegtwwnau'],
  ['סוןחטקתבגהעצשפאםד', 'olinupnbahynweaor'],
  ['๏๐໐ร૦௦౦೦ဝ၀', 'ooosoooooo'],
];

/** Letters that only resemble: read as Latin in a word that is mostly Latin (“faux Cyrillic”). */
const RESEMBLANCES: readonly Row[] = [
  ['яЯИДЛлШшЩщЧчЭэЦцЮюЙйфФдбБжЖыЫЪъЬГПЗ', 'RRNAJnWwWwYyEeUuIiNuoOabBxXbbbbbrNE'],
];

/** Letters written upside down, to be read from the end: what turns into what. */
export const UPSIDE_DOWN: ReadonlyMap<string, string> = new Map([
  ...pairs([
    ['ɐqɔpǝɟƃɥᴉɾʞꞁɯuodbɹsʇnʌʍxʎz', 'abcdefghijklmnopqrstuvwxyz'],
    ['∀ᗺƆᗡƎℲ⅁HIſꓘ⅂WNOԀΌᴚS⊥∩ΛMX⅄Z', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
    ['ıɓɾʃ˙¿¡‾', 'igjl.?!_'],
  ]),
]);

/** Letters that are written only to be read upside down. */
export const TURNED: ReadonlySet<string> = new Set('ɐǝɟƃɥᴉɯɹʇʌʍʎʞ∀ᗺƆᗡƎℲ⅁ꓘ⅂⊥⅄');

function pairs(rows: readonly Row[]): [string, string][] {
  return rows.flatMap(([from, to]) => {
    const targets = [...to];
    return [...from].flatMap((char, i): [string, string][] => {
      const target = targets[i];
      return target === undefined ? [] : [[char, target]];
    });
  });
}

export const LATIN_LETTERS: ReadonlyMap<string, string> = new Map(pairs(LATIN));
export const TWIN_LETTERS: ReadonlyMap<string, string> = new Map(pairs(TWINS));
export const ALIKE_LETTERS: ReadonlyMap<string, string> = new Map(pairs(ALIKE));
export const RESEMBLING_LETTERS: ReadonlyMap<string, string> = new Map(pairs(RESEMBLANCES));
