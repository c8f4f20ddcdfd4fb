import { describe, expect, it } from 'vitest';
import { createTwinServices } from '../../compiler/1-parse/index.ts';

const { twin } = createTwinServices();
const tokens = (text: string) =>
  twin.parser.Lexer.tokenize(text).tokens.map(
    (token) => `${token.tokenType.name === 'UNIT' ? 'unit ' : ''}${token.image}`,
  );

describe('a unit is a token', () => {
  it.each([
    'm3/h',
    'W/(m2*K)',
    'm/s^2',
    '%',
    'degC',
    '°C',
    'µm',
    'N·m',
    'J/(mol*K)',
    'kg*m/s2',
    'm^(1/2)',
    's^-1',
    'EUR',
    '€',
    'm²',
    '1/d',
    '1/(s*m)',
    '/d',
  ])('after a number and a blank: %s', (unit) => expect(tokens(`3 ${unit}`)).toEqual(['3', `unit ${unit}`]));
  it('right after the number', () => expect(tokens('0.5kW')).toEqual(['0.5', 'unit kW']));
  it('after as', () => expect(tokens('x as mm/s')).toEqual(['x', 'as', 'unit mm/s']));
  it('in declarations of units and quantities', () => {
    expect(tokens('unit deg = 1/180 pi')).toEqual(['unit', 'unit deg', '=', '1', '/', '180', 'unit pi']);
    expect(tokens('unit Hz = 1/s with prefixes')).toEqual([
      'unit',
      'unit Hz',
      '=',
      'unit 1/s',
      'with',
      'prefixes',
    ]);
    expect(tokens('quantity Wear = 1')).toEqual(['quantity', 'Wear', '=', '1']);
    expect(tokens('quantity Flow = m3/s')).toEqual(['quantity', 'Flow', '=', 'unit m3/s']);
  });
  it('up to an operator that nothing of a unit follows', () => {
    expect(tokens('3 m / s')).toEqual(['3', 'unit m', '/', 's']);
    expect(tokens('3 m/ 2')).toEqual(['3', 'unit m', '/', '2']);
    expect(tokens('3 m*(x + 1)')).toEqual(['3', 'unit m', '*', '(', 'x', '+', '1', ')']);
    expect(tokens('0 degC..120 degC')).toEqual(['0', 'unit degC', '..', '120', 'unit degC']);
  });
});

describe('the same letters are no unit', () => {
  it.each(['then', 'in', 'for', 'and', 'step', 'as', 'else'])(
    'when they are a word of the language: %s',
    (word) => expect(tokens(`5 ${word}`)).toEqual(['5', word]),
  );
  it('on the next line', () => expect(tokens('3\nm = 4')).toEqual(['3', 'm', '=', '4']));
  it('two blanks away', () => expect(tokens('3  m')).toEqual(['3', 'm']));
  it('behind a division', () => {
    expect(tokens('1/tau')).toEqual(['1', '/', 'tau']);
    expect(tokens('2 / tau')).toEqual(['2', '/', 'tau']);
    expect(tokens('2/3')).toEqual(['2', '/', '3']);
  });
  it('behind a bracket', () => expect(tokens('p[2].m')).toEqual(['p', '[', '2', ']', '.', 'm']));
});
