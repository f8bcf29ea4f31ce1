import assert from 'node:assert/strict';
import { test } from 'node:test';
import { languageOf } from './language.ts';

const LINES: Readonly<Record<string, string>> = {
  en: 'The weather is nice today and we are going to the market.',
  de: 'Das Wetter ist heute schön und wir gehen auf den Markt.',
  fr: 'Il fait beau aujourd’hui et nous allons au marché avec les enfants.',
  es: 'Hoy hace buen tiempo y vamos al mercado con los niños.',
  it: 'Oggi il tempo è bello e andiamo al mercato con i bambini.',
  pt: 'Hoje o tempo está bom e nós vamos ao mercado com as crianças.',
  nl: 'Het weer is vandaag mooi en wij gaan met de kinderen naar de markt.',
  sv: 'Vädret är fint i dag och vi ska gå till marknaden med barnen.',
  pl: 'Dzisiaj jest ładna pogoda i idziemy na targ z dziećmi, a potem do domu.',
  cs: 'Dnes je hezké počasí a jdeme na trh s dětmi, protože je to blízko.',
  hu: 'Ma szép az idő és elmegyünk a piacra a gyerekekkel, mert nem messze van.',
  ro: 'Astăzi vremea este frumoasă și mergem la piață cu copiii.',
  tr: 'Bugün hava çok güzel ve çocuklarla birlikte pazara gidiyoruz.',
  fi: 'Tänään on kaunis sää ja me menemme torille lasten kanssa, koska se on lähellä.',
  vi: 'Hôm nay thời tiết đẹp và chúng tôi đi chợ với các con.',
  id: 'Hari ini cuaca bagus dan kami akan pergi ke pasar dengan anak-anak.',
  sw: 'Leo hali ya hewa ni nzuri na tunakwenda sokoni kwa ajili ya watoto.',
  ru: 'Сегодня хорошая погода, и мы идём на рынок с детьми.',
  uk: 'Сьогодні гарна погода, і ми йдемо на ринок із дітьми, бо це близько.',
  bg: 'Днес времето е хубаво и ние отиваме на пазар с децата.',
  el: 'Σήμερα ο καιρός είναι καλός και πάμε στην αγορά.',
  ar: 'الطقس جميل اليوم ونحن نذهب إلى السوق مع الأطفال.',
  fa: 'امروز هوا خوب است و ما با بچه‌ها به بازار می‌رویم.',
  ur: 'آج موسم اچھا ہے اور ہم بچوں کے ساتھ بازار جا رہے ہیں۔',
  he: 'מזג האוויר נאה היום ואנחנו הולכים לשוק.',
  hi: 'आज मौसम अच्छा है और हम बच्चों के साथ बाज़ार जा रहे हैं।',
  bn: 'আজ আবহাওয়া ভালো এবং আমরা বাজারে যাচ্ছি।',
  te: 'ఈరోజు వాతావరణం బాగుంది మేము మార్కెట్‌కు వెళ్తున్నాము.',
  ta: 'இன்று வானிலை நன்றாக உள்ளது, நாங்கள் சந்தைக்குச் செல்கிறோம்.',
  th: 'วันนี้อากาศดีและเราจะไปตลาดกับเด็กๆ',
  ja: '今日は天気がいいので、子供たちと市場に行きます。',
  zh: '今天天气很好，我们和孩子们一起去市场。',
  ko: '오늘은 날씨가 좋아서 아이들과 시장에 갑니다.',
  ka: 'დღეს კარგი ამინდია და ბაზარში მივდივართ.',
  hy: 'Այսօր եղանակը լավ է, և մենք գնում ենք շուկա։',
  am: 'ዛሬ አየሩ ጥሩ ነው እና ወደ ገበያ እንሄዳለን።',
};

for (const [code, line] of Object.entries(LINES))
  test(`a line of ${code}`, () => assert.equal(languageOf(line).code, code));

test('nothing to go by', () => {
  assert.deepEqual(languageOf('12:30, 4 + 5'), { code: 'und', script: 'Common', confidence: 0 });
  assert.equal(languageOf('xqz vrrk').code, 'und');
});
