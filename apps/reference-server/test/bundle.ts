import { build } from 'vite';

/** A module with all that it imports, as a page gets it. */
export async function bundleOf(entry: string): Promise<string> {
  const [output] = [
    await build({
      configFile: false,
      logLevel: 'silent',
      resolve: { conditions: ['@sigchart/source', 'module', 'browser', 'production'] },
      build: { write: false, minify: true, lib: { entry, formats: ['es'] } },
    }),
  ].flat();
  if (output === undefined || !('output' in output)) throw new Error('nothing was built');
  return output.output[0].code;
}
