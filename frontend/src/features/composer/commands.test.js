import { describe, expect, test } from 'vitest';
import { hintFor, readCommand } from './commands.js';

describe('what is typed', () => {
  test.each([
    ['/todo', { what: 'panel' }],
    ['/todo  ', { what: 'panel' }],
    ['/todo add buy milk', { what: 'wish', on: true, item: 'buy milk' }],
    ['/todo add  buy\n milk ', { what: 'wish', on: true, item: 'buy milk' }],
    ['/todo\nadd 买牛奶', { what: 'wish', on: true, item: '买牛奶' }],
    ['/todo done buy milk', { what: 'wish', on: false, item: 'buy milk' }],
    ['/todo add', { what: 'wrong', why: 'todo.wrong.add' }],
    ['/todo done \u200b', { what: 'wrong', why: 'todo.wrong.done' }],
    ['/todo buy milk', { what: 'wrong', why: 'todo.wrong.word' }],
    ['/todo additional', { what: 'wrong', why: 'todo.wrong.word' }],
    [`/todo add ${'茶'.repeat(1_001)}`, { what: 'wrong', why: 'todo.wrong.long' }],
    [`/todo add ${'🍵'.repeat(1_000)}`, { what: 'wish', on: true, item: '🍵'.repeat(1_000) }],
    ['/card', { what: 'card', text: '' }],
    ['/card [{"a": 1}]', { what: 'card', text: '[{"a": 1}]' }],
  ])('%j is a command', (text, command) => expect(readCommand(text)).toEqual(command));

  test.each([
    ['//todo add tea', '/todo add tea'],
    ['//todo', '/todo'],
    ['//card', '/card'],
  ])('%j says a command', (text, body) => expect(readCommand(text)).toEqual({ what: 'say', body }));

  test.each([
    'hello',
    '/todos are long',
    '/cards',
    ' /todo add tea',
    'see /todo',
    '//todos',
    '///todo',
    '/TODO add tea',
    '/etc/todo',
  ])('%j is said as it is', (text) =>
    expect(readCommand(text)).toEqual({ what: 'say', body: text }),
  );
});

test('a hint comes with a command that is begun', () => {
  expect(['/todo', '/todo a', '//todo x', '/card'].map(hintFor)).toEqual([
    'todo',
    'todo',
    'todo',
    'card',
  ]);
  expect(['/tod', '/todos', 'x /todo', ''].map(hintFor)).toEqual([null, null, null, null]);
});
