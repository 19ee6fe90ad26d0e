/** Replacement of a secret. */
export const secret = '[secret]';

/** Maximum length of a recorded string. Characters. */
export const maxTextLength = 65_536;

/** Additional values to treat as secrets. */
export interface SecretOptions {
  /** Also removes fingerprints of certificates. They identify a remote, but grant no access. Default `false`. */
  readonly fingerprints?: boolean;
  /** Names of further fields whose values are secret. */
  readonly fields?: readonly string[];
}

/** Removes secrets. What it returns is unchanged by a second time. */
export interface Secrets {
  /** True if a field of this name is secret, whatever it holds. */
  isSecret(field: string): boolean;
  /** A text without secrets, cut to the maximum length. */
  cleaned(text: string): string;
}

/** Time a URL's user and password may be, for a text that is cut within them to end before them. Characters. */
const maxUserInfo = 1_024;

/** Time the name of a field may be to be remembered. Characters. */
const maxRememberedField = 64;

const fields = /(?:token|password|passwd|secret|credentials?|jwt|cookie|authorization|api_?key|^subscriberCode)$/i;

interface Rule {
  /** Without it the pattern cannot be there: a search for it is cheap. */
  readonly mark: string;
  /**
   * Matches in time linear in the length of the text. Every unbounded repetition ends at a character that can neither start the
   * rest of the pattern nor restart the repetition.
   */
  readonly pattern: RegExp;
  readonly replacement: string | ((found: string) => string);
}

/** Removes the JSON Web Token from a run of the characters that one consists of, if there is one. */
function withoutToken(run: string): string {
  let from = 0;
  for (const segment of run.split('.')) {
    const end = from + segment.length;
    // Another segment has to follow, and must not be empty.
    if (end + 1 >= run.length) return run;
    // Only the segment is searched: to its end, and not to that of the run, time stays linear.
    if (run[end + 1] !== '.')
      for (let at = segment.indexOf('eyJ'); at !== -1 && at + 7 <= segment.length; at = segment.indexOf('eyJ', at + 1))
        if (at === 0 || segment[at - 1] === '-') return run.slice(0, from + at) + secret;
    from = end + 1;
  }
  return run;
}

const rules: readonly Rule[] = [
  // RFC 8839 § 5.4. The ufrag is not a secret: every check sends it unencrypted.
  { mark: 'ice-pwd:', pattern: /(ice-pwd:)[^\r\n]+/g, replacement: `$1${secret}` },
  // RFC 4568 § 9.1: the keys of media that is encrypted without DTLS.
  { mark: 'a=crypto:', pattern: /(a=crypto:\d{1,9} [\w-]{1,64} )[^\r\n]+/g, replacement: `$1${secret}` },
  // RFC 7519 § 3: the header of a JSON Web Token is a JSON object, in base64url.
  { mark: 'eyJ', pattern: /[\w.-]{9,}/g, replacement: withoutToken },
  { mark: 'oken=', pattern: /(token=)[^&#\s"'<>[]+/gi, replacement: `$1${secret}` },
  // A text that is JSON itself, such as an application's metadata.
  {
    mark: '":',
    pattern: /("[\w-]*(?:token|password|secret|credential|jwt|subscriberCode)"\s*:\s*")[^"]+/gi,
    replacement: `$1${secret}`,
  },
  // RFC 3986 § 3.2.1: a password in a URL.
  { mark: '://', pattern: /(:\/\/[^\s/:@"]*:)[^\s/@"]+@/g, replacement: `$1${secret}@` },
];

const fingerprint: Rule = {
  mark: 'a=fingerprint:',
  pattern: /(a=fingerprint:[\w-]{1,32} )[^\r\n]+/g,
  replacement: `$1${secret}`,
};

/** Cuts a text to the maximum length. Done before any search, so that a long text takes no more time. */
function cut(text: string): string {
  if (text.length <= maxTextLength) return text;
  const kept = text.slice(0, maxTextLength - 1);
  // A password in a URL is recognized by the `@` after it.
  const userInfo = kept.lastIndexOf('://') + 3;
  const isWithin = userInfo > 2 && userInfo > kept.length - maxUserInfo && !/[\s/@"]/.test(kept.slice(userInfo));
  return `${isWithin ? kept.slice(0, userInfo) : kept}…`;
}

/** Makes what removes secrets. */
export function secrets(options: SecretOptions = {}): Secrets {
  const further = new Set(options.fields);
  const all = options.fingerprints === true ? [...rules, fingerprint] : rules;
  const known = new Map<string, boolean>();
  return {
    isSecret(field) {
      const before = known.get(field);
      if (before !== undefined) return before;
      const found = further.has(field) || fields.test(field);
      // Fields have few names, but a foreign event may have any.
      if (known.size < 10_000 && field.length <= maxRememberedField) known.set(field, found);
      return found;
    },
    cleaned(text) {
      let clean = cut(text);
      // TypeScript knows `replace` with a text or with a function, not with either.
      for (const { mark, pattern, replacement } of all)
        if (clean.includes(mark)) clean = clean.replace(pattern, replacement as string);
      return clean.length > maxTextLength ? `${clean.slice(0, maxTextLength - 1)}…` : clean;
    },
  };
}
