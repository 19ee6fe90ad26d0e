import { mkdirSync, writeFileSync } from 'node:fs';
import { casesFolder, recordAll } from './recorded.ts';

mkdirSync(casesFolder, { recursive: true });
for (const [file, cases] of Object.entries(await recordAll()))
  writeFileSync(new URL(`${file}.json`, casesFolder), `${JSON.stringify(cases, null, 2)}\n`);
