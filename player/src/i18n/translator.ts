/**
 * Messages of one surface, flat, in the plural form of i18next v4: `key` or `key_one`, `key_other`, …; parameters as
 * `{name}`. Give it as a literal, so that keys and parameters are checked at compile time.
 */
export type Dictionary = Readonly<Record<string, string>>;

type PluralSuffix = '_zero' | '_one' | '_two' | '_few' | '_many' | '_other';
type BaseKey<K extends string> = K extends `${infer Base}${PluralSuffix}` ? Base : K;
type ParamsOf<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | ParamsOf<Rest> : never;
type ParamNames<D extends Dictionary, B extends string> = {
  [K in keyof D & string]: BaseKey<K> extends B ? ParamsOf<D[K]> | (K extends B ? never : 'count') : never;
}[keyof D & string];

/** Keys that a dictionary answers, plural suffixes taken off. */
export type MessageKey<D extends Dictionary> = BaseKey<keyof D & string>;

/** The parameters a key needs; none for most keys. */
export type MessageArguments<D extends Dictionary, B extends string> = [ParamNames<D, B>] extends [never]
  ? []
  : [values: { [N in ParamNames<D, B>]: N extends 'count' ? number : string | number }];

/** `t('player.listening', { count: 3 })`: the message in the page's language, numbers written as the locale does. */
export type Translate<D extends Dictionary> = <B extends MessageKey<D>>(
  key: B,
  ...values: MessageArguments<D, B>
) => string;

/** Binds a dictionary to a locale. `count` chooses the plural form; an unknown parameter stays visible as `{name}`. */
export function translator<const D extends Dictionary>(dictionary: D, locale = 'en'): Translate<D> {
  const plurals = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  return (key, ...[values]) => {
    const params: Readonly<Record<string, string | number>> = values ?? {};
    const count = params.count;
    const form = typeof count === 'number' ? `${key}_${plurals.select(count)}` : key;
    const text = dictionary[form] ?? dictionary[`${key}_other`] ?? dictionary[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
      const value = params[name];
      return typeof value === 'number' ? numbers.format(value) : (value ?? placeholder);
    });
  };
}
