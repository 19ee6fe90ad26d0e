import { inspectTo } from '@sigchart/inspect';
import { createActor, waitFor } from 'xstate';
import { coffeeMachine } from './coffeeMachine.ts';

// Takes the inspector's link as a server prints it: `npm start`.
const [link = 'http://localhost:5080/inspector/?token=…'] = process.argv.slice(2);
const { href, search } = new URL(link);
const feed = new URL(`feed${search}`, href.replace(/^http/, 'ws'));

const inspecting = inspectTo(feed.href, { name: 'kitchen' });
const coffee = createActor(coffeeMachine, { inspect: inspecting.inspect }).start();

coffee.send({ type: 'switchOn' });
await waitFor(coffee, (snapshot) => snapshot.matches({ on: { water: { hot: 'idle' } } }));
coffee.send({ type: 'openLid' });
coffee.send({ type: 'pay', account: 'otter', token: 'nobody sees this' });
coffee.send({ type: 'brew' });
coffee.send({ type: 'switchOff' });
// Continues in its previous state: the lid is still open.
coffee.send({ type: 'switchOn' });
await waitFor(coffee, ({ context }) => context.water === 0);
console.log('A coffee was made. It goes on until Ctrl+C.');
