// Runs the reference server with its pages. Arguments go to it: `npm start -- --help`.
import { become, build, file, installDependencies } from './setup.mjs';

installDependencies();
build('@sigchart/demo', '@sigchart/inspector', '@sigchart/docs');
become('node', [
  '--conditions=@sigchart/source',
  '--disable-warning=ExperimentalWarning',
  file('apps', 'reference-server', 'src', 'main.ts'),
  ...process.argv.slice(2),
]);
