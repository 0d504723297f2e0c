import { expect, test } from './fixtures.js';
import { t } from './words.js';

const word = 'Donaudampfschifffahrtsgesellschaftskapitän'.repeat(12);
const samples = [
  word,
  `https://example.org/${'a-long-path/'.repeat(40)}`,
  '<img src=x onerror=alert(1)><script>alert(2)</script>',
  '2*3*4 = snake_case [not](a-link) ~~not struck ** _',
  '&lt;b&gt; &amp; {{7*7}} ${7*7}',
  'שלום לכולם, מה שלומכם?',
  'مرحبا بكم في بيت الشاي',
  '👩‍👩‍👧‍👦 🫖 🇨🇭 👍🏽',
  '🍵',
  '茶は熱いうちに。茶要趁热喝。차는 뜨거울 때.',
  'Z̸a̷l̴g̵o̶ ́̂̃̄̅',
  'javascript:alert(1)',
  '  two  blanks  and\ttab  ',
];

test('words of every kind arrive as they were written, and stay inside @phone', async ({
  server,
  guest,
}) => {
  const ada = await guest('Ada');
  const bob = await guest('محمد 🫖 ' + 'long'.repeat(6));
  for (const text of samples) {
    await ada.write(text);
    await ada.composer.press('Enter');
  }
  await expect.poll(() => server.bodies()).toEqual(samples);
  await bob.tell('🙂');
  for (const person of [ada, bob]) {
    await person.message('🙂').scrollIntoViewIfNeeded();
    const seen = await person.shown();
    expect([...samples, '🙂'].join('\0')).toContain(seen.join('\0'));
    const wide = await person.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(wide, 'no scrolling sideways').toBe(0);
    const list = await person.list.evaluate((list) => list.scrollWidth - list.clientWidth);
    expect(list, 'nor inside the list').toBe(0);
    await expect(person.list.locator('script, img, b, strong, em, code, del')).toHaveCount(0);
    await expect(person.list.getByRole('link', { name: 'javascript:' })).toHaveCount(0);
  }
});

test('what is marked up shows so, and its text is all there', async ({ guest }) => {
  const ada = await guest('Ada');
  const bob = await guest('Bob');
  await ada.write(
    [
      '> **Who** put the _kettle_ on?',
      'See `kettle.js` or [the manual](https://example.org/manual),',
      'not [bank.com](https://evil.example/):',
      '7. seven',
      '- [x] done',
      '```js',
      'const cup = "full";',
      '```',
      '<b onclick="alert(1)">as it is</b>',
    ].join('\n'),
  );
  await ada.composer.press('Enter');
  const said = bob.list.getByRole('article');
  await expect(said.locator('blockquote')).toHaveText('Who put the kettle on?');
  await expect(said.locator('strong')).toHaveText('Who');
  await expect(said.locator('em')).toHaveText('kettle');
  await expect(said.locator('p code')).toHaveText('kettle.js');
  const manual = said.getByRole('link', { name: 'the manual' });
  await expect(manual).toHaveAttribute('href', 'https://example.org/manual');
  await expect(manual).toHaveAttribute('title', 'https://example.org/manual');
  await expect(manual).toHaveAttribute('rel', /noopener/);
  // Words that name another address than the true one show with the true one.
  await expect(said.getByText('[bank.com](https://evil.example/)')).toBeVisible();
  await expect(said.locator('ol > li')).toHaveAttribute('value', '7');
  await expect(said.locator('ul > li')).toHaveText(/☑\s*done/);
  const code = said.getByRole('group', { name: t('code.label', { language: 'js' }) });
  await expect(code).toHaveText('const cup = "full";');
  await expect(code.locator('span').first(), 'in colours').toHaveText('const');
  await expect(said.locator('b')).toHaveCount(0);
  await expect(said.getByText('<b onclick="alert(1)">as it is</b>')).toBeVisible();
});

test('right-to-left words are laid out from the right', async ({ guest }) => {
  const ada = await guest('Ada');
  await ada.tell('שלום לכולם');
  const body = ada.message('שלום לכולם').locator('p[dir=auto]');
  expect(await body.evaluate((element) => getComputedStyle(element).direction)).toBe('rtl');
});

test('the Enter that ends a composition does not send', async ({ guest }) => {
  const ada = await guest('Ada');
  await ada.composer.focus();
  const session = await ada.context.newCDPSession(ada.page);
  const enter = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 };
  await session.send('Input.imeSetComposition', {
    text: 'nihao',
    selectionStart: 5,
    selectionEnd: 5,
  });
  await session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...enter });
  await session.send('Input.insertText', { text: '你好' });
  await session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...enter });
  await expect(ada.composer).toHaveValue('你好');
  await expect(ada.list.getByRole('article')).toHaveCount(0);

  await ada.composer.press('Enter');
  await ada.sees(['你好']);
  await expect(ada.composer).toHaveValue('');
});
