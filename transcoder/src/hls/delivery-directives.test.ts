import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseDeliveryDirectives } from './index.ts';

const directives = (query: string) => {
  const result = parseDeliveryDirectives(query);
  return result.ok ? result.directives : result.reason;
};

describe('delivery directives', () => {
  it('are read from among other parameters', () => {
    expect(directives('token=a%20b&_HLS_msn=12&x&_HLS_part=03&_HLS_skip=v2&=')).toEqual({
      msn: 12,
      part: 3,
      skip: 'v2',
    });
    expect(directives('_HLS_skip=YES')).toEqual({ skip: 'YES' });
    expect(directives('%5FHLS_msn=%31')).toEqual({ msn: 1 });
  });

  it('that are unknown, or skip in an unknown way, are ignored', () => {
    expect(directives('')).toEqual({});
    expect(directives('_HLS_start_offset=3&_HLS_skip=v3&_hls_msn=x')).toEqual({});
  });

  it.each([
    ['_HLS_part=1', '_HLS_part needs an _HLS_msn beside it'],
    ['_HLS_msn=-1', '_HLS_msn must be a decimal integer'],
    ['_HLS_msn=', '_HLS_msn must be a decimal integer'],
    ['_HLS_msn', '_HLS_msn must be a decimal integer'],
    ['_HLS_msn=1e3', '_HLS_msn must be a decimal integer'],
    ['_HLS_msn=0x10', '_HLS_msn must be a decimal integer'],
    ['_HLS_msn=1.5', '_HLS_msn must be a decimal integer'],
    ['_HLS_msn=%', '_HLS_msn must be a decimal integer'],
    ['_HLS_msn=111111111111111111111', '_HLS_msn must be a decimal integer'],
    ['_HLS_msn=1&_HLS_part=+1', '_HLS_part must be a decimal integer'],
    ['_HLS_msn=1&_HLS_msn=1', '_HLS_msn is given twice; give it once'],
    ['_HLS_skip=YES&_HLS_skip=v2', '_HLS_skip is given twice; give it once'],
  ])('in %s are refused', (query, reason) => {
    expect(directives(query)).toBe(reason);
  });

  it('are parsed from any text without a throw', () => {
    const pieces = fc.array(fc.oneof(fc.constantFrom('_HLS_msn', '_HLS_part', '=', '&', '%', '1', '+'), fc.string()));
    fc.assert(fc.property(pieces, (parts) => typeof parseDeliveryDirectives(parts.join('')).ok === 'boolean'));
  });
});
