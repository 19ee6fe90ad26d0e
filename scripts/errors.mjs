// Writes the catalogue of errors into docs/errors.md.
import { writeFileSync } from 'node:fs';
import { errorPage } from '../packages/core/src/protocol/errorPage.ts';
import { file } from './setup.mjs';

writeFileSync(file('docs', 'errors.md'), errorPage());
