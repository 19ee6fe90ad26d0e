// Runs every test, a real browser included. Arguments go to vitest: `npm test -- packages/core`.
import { readFileSync } from 'node:fs';
import { build, codeOf, file, installDependencies, installPackages } from './setup.mjs';

installDependencies();
installPackages({ chromium: '/usr/bin/chromium' });
build();

const report = file('test-results', 'report.json');
const code = codeOf('vitest', [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
]);

const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
const suites = testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0);
const skipped = testResults.flatMap(({ assertionResults }) =>
  assertionResults.filter(({ status }) => status !== 'passed' && status !== 'failed'),
);
for (const { fullName } of skipped) process.stdout.write(`not run: ${fullName}\n`);
const failed = numFailedTests + suites.length + skipped.length;
process.stdout.write(`\n${numPassedTests} passed, ${failed} failed\n`);
process.exit(code !== 0 ? code : failed > 0 ? 1 : 0);
