/** @import {Locale} from '../src/i18n/translate.js' */

/** Who is in the pictures, and what is said in them. */
const english = {
  me: 'Ada',
  newcomer: 'Grace',
  people: ['Bob', 'Cleo', 'Dr. Maximiliane von Hohenstein-Wellesley'],
  rooms: [
    { id: 'tea', name: 'Tea', topic: 'What goes with what, and when the kettle is on' },
    { id: 'reading', name: 'Reading', topic: 'One chapter a week' },
    { id: 'long', name: 'The room with a name that nobody could shorten in time', topic: '' },
  ],
  greeting: 'Good morning! The new oolong is here. Who would like to try it at four?',
  me1: 'I would. Shall I bring the small cups?',
  note: 'Please do. Two spoons for the big pot, water at **90 °C**, and no longer than _three minutes_. The notes of last time: https://example.org/tea/oolong',
  plan: 'For four o’clock:\n\n1. kettle\n2. the small cups\n3. something with almonds',
  code: 'If anybody wants to be exact about it:\n\n```js\n// grams of leaves, millilitres of water\nconst minutes = (leaves, water) => (water / leaves / 50) * 3;\nminutes(12, 600); // 3\n```',
  quote: '> something with almonds\n\nI know just the shop. `Marzipan` counts, does it?',
  paragraph:
    'A small question for those who know more than I do. My grandmother kept her tea in a tin by the window, and it lasted the year. Mine, in the dark and dry, is stale by spring. Is it the tin, the tea, or is it simply that in her house nothing was ever allowed to grow old?',
  mine: 'The tin, I think.',
  emoji: '🍵🎉😀',
  withdrawn: 'never mind',
  typed: 'On my way, I will bring',
  edited: 'The tin, I am sure of it.',
  todos: [
    'buy almonds',
    'wash the small cups',
    'ask the people next door whether they would lend us the long table, the two benches and, if they can spare it, the samovar',
  ],
  done: 'put the kettle on',
  next: 'find the good spoons',
  guest: 'passer-by',
  guestSays: 'Is this the place with the oolong?',
  table: /** @type {object[]} */ ([
    { tea: 'Oolong', grams: 6, minutes: 3, again: true },
    { tea: 'Sencha', grams: 4, minutes: 1.5, again: null },
    { tea: 'Lapsang Souchong', grams: 5, minutes: 4, again: false },
  ]),
};

/** @type {typeof english} */
const chinese = {
  me: '小满',
  newcomer: '初雪',
  people: ['阿博', '林', '欧阳明月·从江南来的采茶人'],
  rooms: [
    { id: 'tea', name: '茶', topic: '什么配什么，水什么时候开' },
    { id: 'reading', name: '读书', topic: '每周一章' },
    { id: 'long', name: '一间名字很长、长到谁也来不及缩短的房间', topic: '' },
  ],
  greeting: '早上好！新的乌龙茶到了。下午四点，谁想来尝尝？',
  me1: '我来。要不要带上小杯子？',
  note: '好啊。大壶放两勺，水温 **90 °C**，最多泡 _三分钟_。上次的笔记：https://example.org/tea/oolong',
  plan: '四点要准备的：\n\n1. 烧水\n2. 小杯子\n3. 杏仁点心',
  code: '想算得准一点的话：\n\n```js\n// 茶叶（克），水（毫升）\nconst minutes = (leaves, water) => (water / leaves / 50) * 3;\nminutes(12, 600); // 3\n```',
  quote: '> 杏仁点心\n\n我知道一家店。`杏仁酥`也算吧？',
  paragraph:
    '想请教一个小问题。奶奶总把茶叶放在窗边的铁罐里，一整年都香。我的茶放在又暗又干的地方，到了春天却已经不新鲜了。是罐子的缘故，还是茶的缘故？又或者，在她家里，什么东西都来不及变旧？',
  mine: '我想是罐子。',
  emoji: '🍵🎉😀',
  withdrawn: '没什么',
  typed: '我在路上，会带上',
  edited: '一定是罐子。',
  todos: [
    '买杏仁',
    '把小杯子洗干净',
    '问问隔壁能不能把长桌、两条长凳借给我们，要是他们用不着，再借一下那个大茶炊',
  ],
  done: '烧水',
  next: '把好勺子找出来',
  guest: '路过的人',
  guestSays: '这里就是有乌龙茶的地方吗？',
  table: [
    { 茶: '乌龙', 克: 6, 分钟: 3, 再来一次: true },
    { 茶: '煎茶', 克: 4, 分钟: 1.5, 再来一次: null },
    { 茶: '正山小种', 克: 5, 分钟: 4, 再来一次: false },
  ],
};

export const arabic = 'صباح الخير! الشاي بالنعناع أفضل في الصيف، أليس كذلك؟';
export const endless = 'Donaudampfschifffahrtsgesellschaft'.repeat(15).slice(0, 500);

/** @param {Locale} locale */
export const castOf = (locale) => (locale === 'zh-CN' ? chinese : english);
