// Writes docs/options.md from the options of the reference server.
import { writeFileSync } from 'node:fs';
import { optionPage } from '../apps/reference-server/src/optionPage.ts';
import { file } from './setup.mjs';

writeFileSync(file('docs', 'options.md'), optionPage());
