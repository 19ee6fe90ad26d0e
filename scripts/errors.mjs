// Writes the catalogue of errors into the documents: docs/errors.md, and the table in docs/protocol.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { errorPage, errorTable } from '../packages/core/src/protocol/errorPage.ts';
import { file } from './setup.mjs';

writeFileSync(file('docs', 'errors.md'), errorPage());

const protocol = file('docs', 'protocol.md');
const table = /^\| Definition .*?(?=\n\n)/ms;
writeFileSync(
  protocol,
  readFileSync(protocol, 'utf8').replace(table, () => errorTable()),
);
