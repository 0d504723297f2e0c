import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => {
  vi.doUnmock('./zh.json');
  vi.resetModules();
  localStorage.clear();
});

test('a language that cannot be loaded keeps nobody out', async () => {
  vi.doMock('./zh.json', () => {
    throw new Error('the server is away');
  });
  const { initialLocale } = await import('./Locale.jsx');
  localStorage.setItem('teahouse.locale', 'zh-CN');
  const { locale, catalogue } = await initialLocale();
  expect(locale).toBe('en');
  expect(catalogue['app.name']).toBe('Teahouse');
});
