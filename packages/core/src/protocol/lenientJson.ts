/** Value of a text, or the position where the text stops being JSON. */
export type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      /** Offset of the first token that does not fit, in UTF-16 code units. */
      readonly position: number;
      /** Names what may be there. Contains nothing of the text, which may hold tokens. */
      readonly expected: string;
    };

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

const isBlank = (code: number) => code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;

const literal = /-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null/y;

/** Writes a string as JSON has it: control characters escaped, and a backslash that starts no escape doubled. */
const strictString = (text: string): string =>
  text.replace(/\\(?:["\\/bfnrt]|u[\da-fA-F]{4})|\\|\p{Cc}/gu, (part) => {
    if (part.length > 1) return part;
    return part === '\\' ? '\\\\' : `\\u${part.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });

/**
 * Rewrites as JSON what Ant Media Server's parser takes for JSON. It reads the text once, and copies what needs no change in one piece:
 * a client may send texts that make this work hard.
 */
class Rewriter {
  readonly #text: string;
  /** The code that ends each object and array that has started, innermost last. */
  readonly #ends: number[] = [];
  /** True between a key and its value. */
  #isAtValue = false;
  /** True directly after the start of an object or array. */
  #isFirst = true;
  #isOver = false;
  /** Commas or colons since the last token. */
  #separators = 0;
  #json = '';
  /** True if the string that was read last has a backslash or a control character. */
  #isOdd = false;
  /** Start of what is to be copied, and the end of the last token. */
  #from = 0;
  #to = 0;

  constructor(text: string) {
    this.#text = text;
  }

  rewrite(): ParsedJson {
    const text = this.#text;
    let position = 0;
    while (position < text.length) {
      const code = text.charCodeAt(position);
      if (isBlank(code)) position += 1;
      else {
        const end = this.#read(code, position);
        if (end === undefined) return this.#refuse(position, code);
        position = end;
      }
    }
    if (!this.#isOver) return this.#refuse(position, undefined);
    return { ok: true, value: JSON.parse(this.#json + text.slice(this.#from, this.#to)) };
  }

  #refuse(position: number, code: number | undefined): ParsedJson {
    const isOpenString = code === quote && this.#endOfString(position) === undefined;
    return { ok: false, position, expected: isOpenString ? 'the end of the string that begins here' : this.#expected };
  }

  get #expected(): string {
    if (this.#isOver) return 'the end';
    const end = this.#ends.at(-1);
    if (end === undefined) return 'an object';
    if (end === closeBracket) return 'a value or "]"';
    return this.#isAtValue ? 'a value' : 'a key in quotes or "}"';
  }

  /** Reads the token that starts at a position. Returns its end, or `undefined` if it is invalid there. */
  #read(code: number, position: number): number | undefined {
    const isInside = this.#ends.length > 0;
    switch (code) {
      case comma:
      case colon:
        if (!isInside || this.#isAtValue !== (code === colon)) return undefined;
        this.#separators += 1;
        return position + 1;
      case closeBrace:
      case closeBracket:
        return this.#close(code, position);
      case openBrace:
      case openBracket:
        if (!this.#begin(position, false)) return undefined;
        this.#ends.push(code === openBrace ? closeBrace : closeBracket);
        this.#isFirst = true;
        this.#isOver = false;
        return this.#keep(position + 1);
      case quote: {
        const end = this.#endOfString(position);
        return end !== undefined && this.#begin(position, true) ? this.#string(position, end) : undefined;
      }
      default:
        return this.#literal(position);
    }
  }

  #close(code: number, position: number): number | undefined {
    if (this.#ends.at(-1) !== code || this.#isAtValue) return undefined;
    if (this.#separators > 0) this.#replace(this.#to, position, '');
    this.#ends.pop();
    this.#isFirst = false;
    this.#isOver = this.#ends.length === 0;
    return this.#keep(position + 1);
  }

  #string(position: number, end: number): number {
    if (this.#isOdd) this.#replace(position, end, strictString(this.#text.slice(position, end)));
    return this.#keep(end);
  }

  #literal(position: number): number | undefined {
    literal.lastIndex = position;
    if (!literal.test(this.#text)) return undefined;
    const end = literal.lastIndex;
    if (!this.#begin(position, false)) return undefined;
    const [zeros = ''] = /^-?0+(?=\d)/.exec(this.#text.slice(position, end)) ?? [];
    if (zeros !== '') this.#replace(position, position + zeros.length, zeros.startsWith('-') ? '-' : '');
    return this.#keep(end);
  }

  /** Puts what separates a key or value from the one before, if that is not there already. Returns `false` if none may start here. */
  #begin(position: number, isString: boolean): boolean {
    if (this.#isOver) return false;
    const isKey = this.#ends.at(-1) === closeBrace && !this.#isAtValue;
    if (isKey && !isString) return false;
    const wanted = this.#isFirst ? 0 : 1;
    if (this.#separators !== wanted)
      this.#replace(this.#to, position, ['', this.#isAtValue ? ':' : ','][wanted] as string);
    this.#isAtValue = isKey;
    this.#isFirst = false;
    this.#isOver = this.#ends.length === 0;
    return true;
  }

  /** Replaces a part of the text. */
  #replace(start: number, end: number, instead: string): void {
    this.#json += this.#text.slice(this.#from, start) + instead;
    this.#from = end;
  }

  #keep(end: number): number {
    this.#to = end;
    this.#separators = 0;
    return end;
  }

  #endOfString(position: number): number | undefined {
    const text = this.#text;
    this.#isOdd = false;
    for (let at = position + 1; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === quote) return at + 1;
      if (code === backslash || code < 0x20) this.#isOdd = true;
      if (code === backslash) at += 1;
    }
    return undefined;
  }
}

/**
 * Parses a text as JSON, and accepts what Ant Media Server's parser accepts besides, which has only one meaning: control characters
 * in strings, a backslash that starts no escape, zeros before a number, and commas and colons that are missing or too many.
 *
 * @see docs/protocol/framing.md § Accepted JSON
 */
export function parseJson(text: string): ParsedJson {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return new Rewriter(text).rewrite();
  }
}
