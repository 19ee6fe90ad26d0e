import type { Stage, Trial } from './trial.ts';
import type { Visitor } from './visitor.ts';

const people = [
  ['anna', 'red'],
  ['ben', 'green'],
  ['carla', 'blue'],
] as const;

/** Publishes with the page for that. */
async function publish(stage: Stage, streamId: string): Promise<Visitor> {
  const publisher = await stage.open(`/live/samples/publish_webrtc.html?id=${streamId}`, 'anna', 'red');
  await publisher.click('#start_publish_button:not([disabled])');
  await publisher.reads('Publishing');
  return publisher;
}

/** Enters one of the pages of a conference by its button. */
async function enter(stage: Stage, path: string, name: string, colour: 'red' | 'green' | 'blue' | 'yellow') {
  const visitor = await stage.open(path.replaceAll('NAME', name), name, colour);
  await visitor.click('#join_publish_button:not([disabled])');
  return visitor;
}

/** A conference of three: one leaves, another enters, and the first returns. */
const conference = (page: string, path: string): Trial => ({
  name: `StreamApp ${page}: three, one leaves, another comes, the first returns`,
  async run(stage) {
    const [anna, ben, carla] = [
      await enter(stage, path, ...people[0]),
      await enter(stage, path, ...people[1]),
      await enter(stage, path, ...people[2]),
    ];
    await anna.seesNamed([ben, carla]);
    await ben.seesNamed([anna, carla]);
    await carla.seesNamed([anna, ben]);
    await ben.click('#stop_publish_button');
    await anna.seesNamed([carla]);
    const dora = await enter(stage, path, 'dora', 'yellow');
    await anna.seesNamed([carla, dora]);
    await dora.seesNamed([anna, carla]);
    await ben.click('#join_publish_button:not([disabled])');
    await anna.seesNamed([carla, dora, ben]);
    await ben.seesNamed([anna, carla, dora]);
    await ben.page.locator('#options').evaluate((button: HTMLElement) => button.click());
    await ben.page.locator('#dataTextbox').fill('good morning', { force: true });
    await ben.page.locator('#send').evaluate((button: HTMLElement) => button.click());
    await anna.page.waitForFunction(() => document.body.textContent?.includes('Received: good morning'));
  },
});

/** The sample pages of StreamApp. */
export const streamAppTrials: readonly Trial[] = [
  {
    name: 'StreamApp publish_webrtc, play_webrtc and player: picture and messages',
    async run(stage) {
      const publisher = await publish(stage, 'pub1');
      const player = await stage.open('/live/player.html?id=pub1', 'ben', 'green');
      await player.click('#start_play_button:not([disabled])');
      await player.sees('red');
      await player.page.locator('#options').evaluate((button: HTMLElement) => button.click());
      await publisher.page.locator('#options').evaluate((button: HTMLElement) => button.click());
      await publisher.page.locator('#dataTextbox').fill('hello', { force: true });
      await publisher.page.locator('#send').evaluate((button: HTMLElement) => button.click());
      await player.page.waitForFunction(() => document.body.textContent?.includes('Received: hello'));
      await publisher.click('#stop_publish_button');
    },
  },
  {
    name: 'StreamApp play: the embedded player',
    async run(stage) {
      await publish(stage, 'pub2');
      const player = await stage.open('/live/play.html?id=pub2&playOrder=webrtc', 'ben', 'green');
      await player.sees('red');
    },
  },
  {
    name: 'StreamApp peer: a call, whose second leaves and another comes',
    async run(stage) {
      const open = async (name: 'anna' | 'ben' | 'carla', colour: 'red' | 'green' | 'blue') => {
        const visitor = await stage.open('/live/peer.html', name, colour);
        await visitor.fill('#streamName', 'call1');
        await visitor.click('#join_button:not([disabled])');
        return visitor;
      };
      const anna = await open('anna', 'red');
      const ben = await open('ben', 'green');
      await anna.sees('green');
      await ben.sees('red');
      await ben.click('#leave_button');
      const carla = await open('carla', 'blue');
      await anna.sees('blue');
      await carla.sees('red');
    },
  },
  conference('conference', '/live/conference.html?roomId=room1&streamId=NAME&streamName=NAME'),
  conference('multitrack-conference', '/live/multitrack-conference.html?roomId=room2&streamId=NAME&streamName=NAME'),
  conference('conference-v2', '/live/v2/conference-v2.html?roomId=room3&streamId=NAME&streamName=NAME'),
  {
    name: 'StreamApp conference: a listener',
    async run(stage) {
      const path = '/live/conference.html?roomId=room4&streamId=NAME';
      const anna = await enter(stage, path, 'anna', 'red');
      const ben = await enter(stage, `${path}&playOnly=true`, 'ben', 'green');
      await ben.seesNamed([anna]);
    },
  },
  {
    name: 'StreamApp conference: one enters while another leaves, and one reloads the page',
    async run(stage) {
      const path = '/live/conference.html?roomId=room7&streamId=NAME&streamName=NAME';
      const anna = await enter(stage, path, 'anna', 'red');
      const ben = await enter(stage, path, 'ben', 'green');
      await anna.seesNamed([ben]);
      const [carla] = await Promise.all([enter(stage, path, 'carla', 'blue'), ben.click('#stop_publish_button')]);
      await anna.seesNamed([carla]);
      await carla.seesNamed([anna]);
      await anna.page.reload();
      await anna.click('#join_publish_button:not([disabled])');
      await anna.seesNamed([carla]);
      await carla.seesNamed([anna]);
    },
  },
  {
    name: 'StreamApp mcu: each sees the other, and hears nothing of errors',
    async run(stage) {
      const open = async (name: 'anna' | 'ben', colour: 'red' | 'green') => {
        const visitor = await stage.open(`/live/mcu.html?streamId=${name}`, name, colour);
        await visitor.fill('#roomName', 'room8');
        await visitor.click('#join_publish_button:not([disabled])');
        return visitor;
      };
      const anna = await open('anna', 'red');
      const ben = await open('ben', 'green');
      await ben.sees('red');
      await anna.sees('green');
    },
  },
  {
    name: 'StreamApp multitrack-play: the members of a conference',
    async run(stage) {
      const path = '/live/conference.html?roomId=room5&streamId=NAME';
      const anna = await enter(stage, path, 'anna', 'red');
      const ben = await enter(stage, path, 'ben', 'green');
      await anna.seesNamed([ben]);
      const carla = await stage.open('/live/multitrack-play.html?id=room5', 'carla', 'blue');
      await carla.sees('red', 'green');
      await ben.click('#stop_publish_button');
      await carla.sees('red');
    },
  },
  {
    name: 'StreamApp conference-room: three who enter by joinRoom',
    async run(stage) {
      const path = (name: string) => `/live/conference-room.html?roomName=room6&streamId=${name}&streamName=${name}`;
      const enterByName = async (name: string, colour: 'red' | 'green' | 'blue') => {
        const visitor = await stage.open(path(name), name, colour);
        await visitor.click('text=Login');
        return visitor;
      };
      const [anna, ben, carla] = [
        await enterByName(...people[0]),
        await enterByName(...people[1]),
        await enterByName(...people[2]),
      ];
      await anna.sees('green', 'blue');
      await ben.sees('red', 'blue');
      await carla.sees('red', 'green');
    },
  },
  {
    name: 'StreamApp datachannel-only: messages both ways',
    async run(stage) {
      const open = async (name: 'anna' | 'ben', colour: 'red' | 'green') => {
        const visitor = await stage.open('/live/samples/datachannel_only_webrtc_frame.html', name, colour);
        await visitor.fill('#streamName', 'data1');
        await visitor.click('#connect_channel_button:not([disabled])');
        await visitor.reads('Connected');
        return visitor;
      };
      const anna = await open('anna', 'red');
      const ben = await open('ben', 'green');
      for (const [from, to, text] of [
        [anna, ben, 'ping'],
        [ben, anna, 'pong'],
      ] as const) {
        await from.fill('#dataTextbox', text);
        await from.click('#send');
        await to.page.waitForFunction(
          (said) =>
            (document.querySelector('#dataMessagesTextarea') as HTMLTextAreaElement | null)?.value.includes(said),
          text,
        );
      }
    },
  },
];
