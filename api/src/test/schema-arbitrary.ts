import fc from 'fast-check';

/** The parts of JSON Schema that the OpenAPI document uses. */
export type JsonSchema = {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  maxItems?: number;
  pattern?: string;
};

/** Texts that break what does not expect them. */
export const HOSTILE_TEXTS = [
  '',
  ' ',
  '\0',
  '\u202e\u2066',
  '\ud800',
  '../../etc/passwd',
  '%2e%2e%2f',
  '__proto__',
  'constructor',
  "'; DROP TABLE accounts; --",
  '<script>alert(1)</script>',
  '{{7*7}}',
  '#{7*7}%s%n',
  '*',
  'a'.repeat(5000),
  '😀'.repeat(300),
  '٣٤',
  '1e309',
  '-0',
  'NaN',
];

/** Values that fit a schema, as far as it says. */
export function fitting(schema: JsonSchema): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map(fitting));
  switch (schema.type) {
    case 'string':
      return textFor(schema);
    case 'integer':
    case 'number':
      return numberFor(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(fitting(schema.items ?? {}), { maxLength: Math.min(schema.maxItems ?? 5, 5) });
    case 'object':
      return objectFor(schema);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function textFor({ pattern, minLength = 0, maxLength = 60 }: JsonSchema): fc.Arbitrary<string> {
  if (pattern?.includes('@')) return fc.emailAddress();
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern, 'u'));
  return fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 60), unit: 'grapheme' });
}

function numberFor({ type, minimum, exclusiveMinimum, maximum }: JsonSchema): fc.Arbitrary<number> {
  const min = Math.max(minimum ?? exclusiveMinimum ?? -1e6, -1e9);
  const max = Math.min(maximum ?? 1e6, 1e9);
  return type === 'integer' ? fc.integer({ min: Math.ceil(min), max }) : fc.double({ min, max, noNaN: true });
}

function objectFor({ properties = {}, required = [] }: JsonSchema): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, fitting(schema)]));
  return fc.record(fields, { requiredKeys: required.filter((name) => name in fields) });
}

/** Values that nearly fit: a fitting object with one field spoilt. */
export function nearlyFitting(schema: JsonSchema): fc.Arbitrary<unknown> {
  const names = Object.keys(schema.properties ?? {});
  if (names.length === 0) return hostile();
  return fc
    .tuple(objectFor(schema), fc.constantFrom(...names), hostile())
    .map(([object, name, value]) => ({ ...(object as object), [name]: value }));
}

/** Values that fit nothing. */
export function hostile(): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.constantFrom<unknown>(...HOSTILE_TEXTS),
    fc.constantFrom<unknown>(null, true, 0, -1, 1e308, Number.MAX_SAFE_INTEGER, [], {}, [[[[]]]], { length: 1e9 }),
    fc.jsonValue({ maxDepth: 4 }),
    fc.constant(JSON.parse('{"__proto__":{"role":"admin"},"constructor":{"prototype":{"x":1}}}')),
    fc.nat({ max: 60 }).map((depth) => JSON.parse('['.repeat(depth) + ']'.repeat(depth) || '0')),
  );
}
