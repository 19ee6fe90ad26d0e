import type { Colour } from '../tiles.ts';
import type { Stage, Trial } from './trial.ts';
import { noCamera, smallCamera, until, type Visitor } from './visitor.ts';

const people: readonly (readonly [string, Colour])[] = [
  ['anna', 'red'],
  ['ben', 'green'],
  ['carla', 'blue'],
  ['dora', 'yellow'],
  ['emil', 'magenta'],
  ['fritz', 'cyan'],
  ['gabi', 'orange'],
  ['hans', 'purple'],
];

/** Time that the eighth member may take on a machine of two cores, which then encodes eight videos and decodes forty. */
const crowdMs = 300_000;

/** Enters a room of Circle as people do: by its waiting room. */
async function enter(stage: Stage, room: string, name: string, colour: Colour, query = ''): Promise<Visitor> {
  const visitor = await stage.open(`/Conference/${room}${query}`, name, colour);
  await join(visitor);
  return visitor;
}

async function join(visitor: Visitor, waitMs = 60_000): Promise<void> {
  const { page, name } = visitor;
  await page.locator('#participant_name').fill(name, { timeout: waitMs });
  await page.locator('#room_join_button').click({ timeout: waitMs });
  await page.locator('#leave-room-button').waitFor({ timeout: waitMs });
}

/**
 * Enters on a machine that may be too busy. The SDK asks again 3 s after a `publish` that has no ICE yet, and then takes the answer
 * to its first offer for one to its second. The page gives up, and offers its user to try again.
 */
async function joinCrowd(visitor: Visitor): Promise<void> {
  const { page } = visitor;
  await join(visitor, crowdMs / 4).catch(async () => {
    if (!(await page.getByRole('button', { name: 'Rejoin' }).isVisible()))
      throw new Error(`${visitor.name} does not get in`);
    process.stdout.write(`${visitor.name} has to try again\n`);
    await page.reload({ timeout: crowdMs });
    await join(visitor, crowdMs);
  });
}

const enterAll = async (stage: Stage, room: string, count: number): Promise<readonly Visitor[]> => {
  const visitors: Visitor[] = [];
  for (const [name, colour] of people.slice(0, count)) visitors.push(await enter(stage, room, name, colour));
  return visitors;
};

const others = (visitors: readonly Visitor[], visitor: Visitor) => visitors.filter((other) => other !== visitor);

/** Asserts that every visitor sees all others under their names. */
async function allSeeAll(visitors: readonly Visitor[]): Promise<void> {
  for (const visitor of visitors) await visitor.seesNamed(others(visitors, visitor));
}

/** True if Circle draws its frame around a talking member. */
const isTalking = (visitor: Visitor, colour: Colour) => async () => {
  const framed = await visitor.page.evaluate(
    () =>
      [...document.querySelectorAll('[id$="-is-talking"]')].filter(
        (frame) => getComputedStyle(frame).display !== 'none',
      ).length,
  );
  return framed > 0 && colour !== visitor.colour;
};

/** Circle, the conference application. */
export const circleTrials: readonly Trial[] = [
  {
    name: 'Circle with two: tiles, names, talker, chat',
    async run(stage) {
      const [anna, ben] = (await enterAll(stage, 'circle2', 2)) as [Visitor, Visitor];
      await allSeeAll([anna, ben]);
      await ben.page.evaluate('window.talk(true)');
      await until('anna does not see that ben talks', isTalking(anna, ben.colour));
      await anna.screenshot(stage.screenshots, 'circle-talker');
      await ben.page.evaluate('window.talk(false)');
      await ben.click('#messages-button');
      await ben.fill('#message-input', 'good morning');
      await ben.click('#message-send-button');
      await anna.reads('good morning');
      await ben.fill('#message-input', 'debugme');
      await ben.click('#message-send-button');
      await ben.reads('Client Debug Info');
      await ben.reads('broadcasting, in room circle2');
    },
  },
  {
    name: 'Circle with three: one leaves, another comes, the first returns',
    async run(stage) {
      const [anna, ben, carla] = (await enterAll(stage, 'circle3', 3)) as [Visitor, Visitor, Visitor];
      await allSeeAll([anna, ben, carla]);
      await ben.click('#leave-room-button');
      await anna.seesNamed([carla]);
      const dora = await enter(stage, 'circle3', 'dora', 'yellow');
      await allSeeAll([anna, carla, dora]);
      const again = await enter(stage, 'circle3', 'ben', 'green');
      await allSeeAll([anna, carla, dora, again]);
    },
  },
  {
    name: 'Circle with two: camera off and on',
    async run(stage) {
      const [anna, ben] = (await enterAll(stage, 'circleCamera', 2)) as [Visitor, Visitor];
      await allSeeAll([anna, ben]);
      await ben.click('#camera-button');
      await anna.sees();
      await ben.click('#camera-button');
      await anna.seesNamed([ben]);
    },
  },
  {
    name: 'Circle with three: a screen that is shared is seen, large, until it is no more',
    async run(stage) {
      const [anna, ben, carla] = (await enterAll(stage, 'circleScreen', 3)) as [Visitor, Visitor, Visitor];
      await allSeeAll([anna, ben, carla]);
      await ben.click('#share-screen-button');
      await anna.sees('blue', 'green', 'white');
      await anna.screenshot(stage.screenshots, 'circle-screen');
      await ben.click('#share-screen-button');
      await anna.seesNamed([ben, carla]);
    },
  },
  {
    name: 'Circle with three: a member is pinned',
    async run(stage) {
      const [anna, ben, carla] = (await enterAll(stage, 'circlePin', 3)) as [Visitor, Visitor, Visitor];
      await allSeeAll([anna, ben, carla]);
      await anna.click('#participant-list-button');
      const id = await anna.page.evaluate(
        () =>
          [...document.querySelectorAll('[id^="card-carla"], [id^="card-"]')]
            .map(({ id }) => id)
            .find((each) => each.includes('carla')) ?? '',
      );
      await anna.click(`#pin-${id.replace('card-', '')}`);
      await anna.seesNamed([ben, carla]);
      await until('carla is not the largest', async () => {
        const tiles = await anna.tiles();
        const [largest] = [...tiles].sort((one, other) => other.width - one.width);
        return largest?.colour === carla.colour;
      });
    },
  },
  {
    name: 'Circle with a listener',
    async run(stage) {
      const anna = await enter(stage, 'circleListener', 'anna', 'red');
      const ben = await enter(stage, 'circleListener', 'ben', 'green');
      await allSeeAll([anna, ben]);
      const carla = await enter(stage, 'circleListener', 'carla', 'blue', '?playOnly=true');
      await carla.seesNamed([anna, ben]);
      await anna.seesNamed([ben]);
    },
  },
  {
    name: 'Circle with three: one enters while another leaves, and one reloads the page',
    async run(stage) {
      const [anna, ben] = (await enterAll(stage, 'circleReload', 2)) as [Visitor, Visitor];
      await allSeeAll([anna, ben]);
      const [carla] = await Promise.all([
        enter(stage, 'circleReload', 'carla', 'blue'),
        ben.click('#leave-room-button'),
      ]);
      await allSeeAll([anna, carla]);
      await anna.page.reload();
      await join(anna);
      await allSeeAll([anna, carla]);
    },
  },
  {
    name: 'Circle with three: two have one name, and one has no camera',
    async run(stage) {
      const anna = await enter(stage, 'circleNames', 'anna', 'red');
      const twin = await enter(stage, 'circleNames', 'anna', 'green');
      await allSeeAll([anna, twin]);
      const carla = await stage.open('/Conference/circleNames', 'carla', 'blue', noCamera);
      await join(carla);
      await carla.seesNamed([anna, twin]);
      await anna.reads('carla');
    },
  },
  {
    name: 'Circle with three: one shares a screen after another',
    async run(stage) {
      const [anna, ben, carla] = (await enterAll(stage, 'circleScreens', 3)) as [Visitor, Visitor, Visitor];
      await allSeeAll([anna, ben, carla]);
      await ben.click('#share-screen-button');
      await anna.sees('blue', 'green', 'white');
      await ben.click('#share-screen-button');
      await anna.sees('blue', 'green');
      await carla.click('#share-screen-button');
      await anna.sees('blue', 'green', 'white');
      await ben.sees('blue', 'red', 'white');
    },
  },
  {
    name: 'Circle with eight: as many tiles as it asks for, each the right person',
    async run(stage) {
      const visitors: Visitor[] = [];
      for (const [name, colour] of people) {
        const visitor = await stage.open('/Conference/circle8', name, colour, smallCamera);
        await joinCrowd(visitor);
        visitors.push(visitor);
      }
      for (const visitor of visitors) {
        let last = '';
        await until(
          `${visitor.name} sees too few, or the wrong people`,
          async () => {
            const tiles = (await visitor.tiles()).filter(({ colour }) => colour !== visitor.colour);
            last = tiles.map(({ caption, colour }) => `${caption} ${colour}`).join(', ');
            const isRight = tiles.every(({ caption, colour }) =>
              people.some(([name, own]) => own === colour && caption.includes(name)),
            );
            return isRight && tiles.length >= 4 && tiles.length <= 6;
          },
          crowdMs,
        ).catch((error: Error) => {
          throw new Error(`${error.message}: ${last}`);
        });
      }
    },
  },
];
