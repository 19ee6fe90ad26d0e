import { conversation } from './conversation.ts';

for (const line of conversation()) process.stdout.write(`${line}\n`);
