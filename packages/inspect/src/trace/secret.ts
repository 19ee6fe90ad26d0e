/** What stands in place of a secret. */
export const secret = '[secret]';

/** The longest text that is kept. Characters. */
export const maxTextLength = 65_536;

/** What is to be taken for a secret, besides what always is. */
export interface SecretOptions {
  /** Whether the fingerprints of certificates are removed too. They prove who it was, but let nobody in. Default `false`. */
  readonly fingerprints?: boolean;
  /** Names of further fields whose values are secret. */
  readonly fields?: readonly string[];
}

/** Removes secrets. What it returns is unchanged by a second time. */
export interface Secrets {
  /** Whether a field of this name is secret, whatever it holds. */
  isSecret(field: string): boolean;
  /** A text without the secrets in it, and no longer than what is kept. */
  cleaned(text: string): string;
}

const fields = /(?:token|password|passwd|secret|credentials?|jwt|cookie|authorization|api_?key|^subscriberCode)$/i;

interface Rule {
  /** Without it the pattern cannot be there: a search for it is cheap. */
  readonly mark: string;
  readonly pattern: RegExp;
  readonly replacement: string;
}

const rules: readonly Rule[] = [
  // RFC 8839 § 5.4. The ufrag is no secret: it goes over the network as it is, with every check.
  { mark: 'ice-pwd:', pattern: /(ice-pwd:)[^\r\n]+/g, replacement: `$1${secret}` },
  // RFC 4568 § 9.1: the keys of media that is encrypted without DTLS.
  { mark: 'a=crypto:', pattern: /(a=crypto:\S+ \S+ )[^\r\n]+/g, replacement: `$1${secret}` },
  // RFC 7519 § 3: the header of a JSON Web Token is a JSON object, in base64url.
  { mark: 'eyJ', pattern: /\beyJ[\w-]{4,}\.[\w-]+(?:\.[\w-]*)*/g, replacement: secret },
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
  pattern: /(a=fingerprint:\S+ )[^\r\n]+/g,
  replacement: `$1${secret}`,
};

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
      if (known.size < 10_000) known.set(field, found);
      return found;
    },
    cleaned(text) {
      let clean = text;
      for (const { mark, pattern, replacement } of all)
        if (clean.includes(mark)) clean = clean.replace(pattern, replacement);
      return clean.length > maxTextLength ? `${clean.slice(0, maxTextLength - 1)}…` : clean;
    },
  };
}
