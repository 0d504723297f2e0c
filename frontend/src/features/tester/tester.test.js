import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { plainAddress } from '../../api/plain.js';
import { fromHex, toHex } from './bytes.js';
import { requestOf, wants } from './paths.js';
import { indented, isTable } from './pretty.js';
import { BYTES_KEPT, createRecord, timeOf } from './record.js';

describe('the log', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  /** @param {{entries: {text: string}[]}} log */
  const texts = ({ entries }) => entries.map(({ text }) => text);

  test('holds what came, with kind, time and size', () => {
    const record = createRecord({ now: () => 7 });
    record.add('open', 'ws://here/echo');
    record.add('sent', '茶');
    record.add('received', new Uint8Array([0, 255]));
    vi.runAllTimers();
    expect(record.get().entries).toEqual([
      { id: 1, at: 7, kind: 'open', text: 'ws://here/echo', size: null, binary: false },
      { id: 2, at: 7, kind: 'sent', text: '茶', size: 3, binary: false },
      { id: 3, at: 7, kind: 'received', text: '00 ff', size: 2, binary: true },
    ]);
  });

  test('lets the oldest go once there are too many, and counts them', () => {
    const record = createRecord({ most: 3 });
    for (const text of ['a', 'b', 'c', 'd', 'e']) record.add('received', text);
    vi.runAllTimers();
    expect(texts(record.get())).toEqual(['c', 'd', 'e']);
    expect(record.get().dropped).toBe(2);
    expect(record.get().entries.map(({ id }) => id)).toEqual([3, 4, 5]);
  });

  test('lets the oldest go once they are too heavy, but never the newest', () => {
    const record = createRecord({ heaviest: 10 });
    record.add('received', 'aaaa');
    record.add('received', 'bbbb');
    record.add('received', 'cccc');
    vi.runAllTimers();
    expect(texts(record.get())).toEqual(['bbbb', 'cccc']);
    record.add('received', 'd'.repeat(50));
    vi.runAllTimers();
    expect(texts(record.get())).toEqual(['d'.repeat(50)]);
    record.add('received', 'e');
    vi.runAllTimers();
    expect(texts(record.get())).toEqual(['e']);
    expect(record.get().dropped).toBe(4);
  });

  test('keeps the beginning of a long binary frame, and its size', () => {
    const record = createRecord();
    record.add('received', new Uint8Array(BYTES_KEPT + 10));
    vi.runAllTimers();
    const [entry] = record.get().entries;
    expect(entry.size).toBe(BYTES_KEPT + 10);
    expect(entry.text.split(' ')).toHaveLength(BYTES_KEPT);
  });

  test('shows the first at once and a burst in one go', () => {
    const record = createRecord();
    const told = vi.fn();
    const leave = record.subscribe(told);
    record.add('received', 'first');
    expect(texts(record.get())).toEqual(['first']);
    expect(told).toHaveBeenCalledTimes(1);
    for (let nth = 0; nth < 1_000; nth += 1) record.add('received', String(nth));
    expect(told).toHaveBeenCalledTimes(1);
    vi.runAllTimers();
    expect(told).toHaveBeenCalledTimes(2);
    expect(record.get().entries).toHaveLength(1_001);
    leave();
    record.add('received', 'last');
    vi.runAllTimers();
    expect(told).toHaveBeenCalledTimes(2);
  });

  test('what was shown does not change under its reader', () => {
    const record = createRecord();
    record.add('received', 'a');
    const before = record.get();
    record.add('received', 'b');
    vi.runAllTimers();
    expect(texts(before)).toEqual(['a']);
    expect(record.get()).toBe(record.get());
  });

  test('is empty after it was cleared, and nothing comes back', () => {
    const record = createRecord({ most: 1 });
    record.add('received', 'a');
    record.add('received', 'b');
    record.clear();
    vi.runAllTimers();
    expect(record.get()).toEqual({ entries: [], dropped: 0 });
    expect(record.text()).toBe('');
    record.add('received', 'c');
    vi.runAllTimers();
    expect(texts(record.get())).toEqual(['c']);
  });

  test('is copied as lines in the words of the tutorials', () => {
    const at = new Date(2026, 0, 2, 3, 4, 5, 6).getTime();
    const record = createRecord({ now: () => at });
    record.add('open', 'ws://here/echo');
    record.add('sent', 'hello');
    record.add('received', '');
    record.add('closed', '1000');
    expect(record.text()).toBe(
      [
        '03:04:05.006 OPEN: ws://here/echo',
        '03:04:05.006 SEND: hello',
        '03:04:05.006 RESPONSE',
        '03:04:05.006 CLOSE: 1000',
      ].join('\n'),
    );
    expect(timeOf(at)).toBe('03:04:05.006');
  });
});

test('bytes go to digits and back, and what is none is refused', () => {
  expect(toHex(new Uint8Array([0, 16, 255]))).toBe('00 10 ff');
  expect(fromHex('00 10\nFF')).toEqual(new Uint8Array([0, 16, 255]));
  expect(fromHex('')).toEqual(new Uint8Array());
  expect(fromHex('1')).toBeNull();
  expect(fromHex('zz')).toBeNull();
});

test('JSON is set out, all else left as it is', () => {
  expect(indented('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(indented('[]')).toBe('[]');
  expect(indented('{"b":[],"a":{},"2":[{"c":"x,]"}]}')).toBe(
    '{\n  "b": [],\n  "a": {},\n  "2": [\n    {\n      "c": "x,]"\n    }\n  ]\n}',
  );
  for (const text of ['hello', '7', '"text"', '{"a":', '']) expect(indented(text)).toBeNull();
});

test('JSON that is set out says what came, letter by letter', () => {
  const frame = '{"9":12345678901234567890,"1":1.0,"a":"\\u00e9","a":1e400}';
  expect(indented(frame)?.replaceAll(/[\n ]/g, '')).toBe(frame);
});

test('JSON that is deep takes no more room than it must', () => {
  const depth = 2_000;
  const text = '['.repeat(depth) + ']'.repeat(depth);
  expect(indented(text)?.length).toBeLessThan(1_000_000);
});

test('an array of plain objects is a table', () => {
  expect(isTable('[{"a":1,"b":null},{"b":true,"c":"x"}]')).toBe(true);
  for (const text of ['[]', '[{}]', '[1]', '[[1]]', '[{"a":{}}]', '{"a":1}', '[', 'nothing', ''])
    expect(isTable(text)).toBe(false);
});

test('an address says what is asked for and nothing else', () => {
  const target = { room: ' tea ', name: 'Ada & Bob' };
  const address = (/** @type {Pick<import('./paths.js').Target, 'path' | 'dialect'>} */ chosen) => {
    const { path, query, protocol } = requestOf({ ...target, ...chosen });
    return [plainAddress(path, query).replace(/^ws:\/\/[^/]+/, ''), protocol];
  };
  expect(address({ path: '/ws', dialect: 'teahouse.v1' })).toEqual([
    '/ws?name=Ada+%26+Bob',
    'teahouse.v1',
  ]);
  expect(address({ path: '/ws', dialect: 'json' })[0]).toBe(
    '/ws?mode=json&room=tea&name=Ada+%26+Bob',
  );
  expect(address({ path: '/ws', dialect: 'auto' })[0]).toBe('/ws?room=tea&name=Ada+%26+Bob');
  expect(address({ path: '/ws', dialect: 'echo' })[0]).toBe('/ws?mode=echo');
  expect(address({ path: '/echo', dialect: 'mirror' })[0]).toBe('/echo');
  expect(address({ path: '/echo', dialect: 'hello' })[0]).toBe('/echo?mode=hello');
  expect(address({ path: '/todo', dialect: null })[0]).toBe('/todo');
  expect(address({ path: '/websocket', dialect: null })).toEqual(['/websocket', undefined]);
  expect(wants({ path: '/echo', dialect: 'mirror' })).toEqual({ room: false, name: false });
});
