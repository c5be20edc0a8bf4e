/**
 * Makes the pictures of the README anew: `node infra/dist/e2e/doc-pictures.js`. The pages are those of real programs with
 * a real broadcast; its people are played by browsers.
 */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { radioProgramme } from '../bench/programme.ts';
import { projectRoot } from '../binaries/index.ts';
import { ReleaseStack } from '../runtime/index.ts';
import { launchChromium, runProgram, type TestChromium, tempDir, testFfmpeg, until, wavOf } from '../testkit/index.ts';
import { playing } from './page-looks.ts';
import { goLive, pressPlay } from './pages.ts';
import { askApi, makeStation, register, type TestPerson, visit } from './people.ts';
import { startStack } from './stack.ts';

/** Where the pictures go, from the root of the project. */
const FOLDER = 'infra/docs/pictures';

/** How long the broadcast runs before the pictures are taken, so that its figures say something, in ms. */
const SETTLE_MS = 15_000;

const STATION = 'radio-lahore';

/** Draws a picture for the station in a page; gives the bytes of a PNG in base64. */
const DRAW_PICTURE = `(() => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 600, height: 600 });
  const draw = canvas.getContext('2d');
  const sky = draw.createLinearGradient(0, 0, 0, 600);
  for (const [at, colour] of [[0, '#1b1340'], [0.55, '#8a2f5c'], [0.8, '#f0803c'], [1, '#ffd27a']]) sky.addColorStop(at, colour);
  draw.fillStyle = sky;
  draw.fillRect(0, 0, 600, 600);
  draw.fillStyle = '#ffe9b0';
  draw.beginPath();
  draw.arc(300, 430, 90, 0, 7);
  draw.fill();
  draw.fillStyle = '#120c2a';
  draw.fillRect(0, 470, 600, 130);
  for (const [x, width, height] of [[40, 26, 250], [110, 26, 210], [464, 26, 210], [534, 26, 250]]) {
    draw.fillRect(x, 480 - height, width, height);
    draw.beginPath();
    draw.arc(x + width / 2, 480 - height, width * 0.75, 0, 7);
    draw.fill();
  }
  for (const [x, radius] of [[300, 105], [195, 66], [405, 66]]) {
    draw.beginPath();
    draw.ellipse(x, 480, radius, radius * 1.15, 0, Math.PI, 0);
    draw.fill();
  }
  return canvas.toDataURL('image/png').split(',')[1];
})()`;

/** What is written in the chat, and by whom. */
const TALK = [
  ['Bilal', 'Good morning from Karachi!'],
  ['Noor', 'السلام علیکم زینب'],
  ['Ayesha', 'Welcome, everybody. Requests go here.'],
  ['Noor', 'Could you play something by Abida Parveen?'],
  ['Bilal', 'The sound is so close, as if you were next door.'],
] as const;

async function main(): Promise<void> {
  const releases = new ReleaseStack();
  try {
    const stack = releases.use(await startStack());
    const chromium = releases.use(await launchChromium({ fakeMicrophoneWav: programmeWav() }));
    await takePictures(stack.url, chromium);
  } finally {
    await releases.close();
  }
}

function programmeWav(): Buffer {
  const { samples, rate, channels } = radioProgramme(30);
  return wavOf(
    samples.map((sample) => sample * 0.8),
    rate,
    channels,
  );
}

async function takePictures(server: string, chromium: TestChromium): Promise<void> {
  const people = new Map<string, TestPerson>();
  for (const name of ['Zainab', 'Ayesha', 'Bilal', 'Noor']) people.set(name, await register(server, name));
  const enter = async (name: string, path: string) =>
    (await visit(chromium, { server, as: personOf(people, name) })).open(path);
  const owner = personOf(people, 'Zainab');
  await prepareStation({ server, owner, moderator: personOf(people, 'Ayesha') });
  const studio = await enter('Zainab', `/studio?station=${STATION}`);
  await givePicture(server, { page: studio, owner });
  await studio.getByRole('textbox', { name: 'Show' }).fill('Subah ki Mehfil');
  await studio.getByRole('textbox', { name: 'Host' }).fill('Zainab');
  await studio.getByRole('textbox', { name: 'Title' }).fill('Tere Ishq Nachaya');
  await studio.getByRole('textbox', { name: 'Artist' }).fill('Abida Parveen');
  await studio.getByRole('button', { name: 'Tell listeners' }).click();
  await goLive({ page: studio });
  const ears = new Map<string, Page>();
  for (const name of ['Ayesha', 'Bilal', 'Noor']) ears.set(name, await enter(name, `/s/${STATION}`));
  for (const page of ears.values()) {
    await pressPlay({ page });
    await playing(page);
  }
  for (const [name, text] of TALK) await write(ears.get(name), text);
  for (let i = 0; i < 3; i++)
    for (const page of ears.values()) await page.getByRole('button', { name: /^Like/ }).click();
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  await picture(ears.get('Noor'), { file: 'listen.png', width: 1240, height: 760, colorScheme: 'dark' });
  await picture(studio, { file: 'studio.png', width: 1560, height: 956, colorScheme: 'light' });
}

async function prepareStation(what: { server: string; owner: TestPerson; moderator: TestPerson }): Promise<void> {
  const { server, owner, moderator } = what;
  await makeStation(server, owner, { slug: STATION, title: 'Radio Lahore', language: 'ur', tags: ['qawwali', 'talk'] });
  const body = { email: moderator.email, role: 'moderator' };
  await askApi(server, `/stations/${STATION}/people`, { token: owner.token, body });
}

async function givePicture(server: string, { page, owner }: { page: Page; owner: TestPerson }): Promise<void> {
  const bytes = Buffer.from(await page.evaluate<string>(DRAW_PICTURE), 'base64');
  const response = await fetch(`${server}/api/v1/stations/${STATION}/artwork`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${owner.token}`, 'Content-Type': 'image/png' },
    body: new Uint8Array(bytes),
  });
  if (!response.ok) throw new Error(`The picture was answered with ${response.status}: ${await response.text()}`);
  await page.reload();
}

async function write(page: Page | undefined, text: string): Promise<void> {
  if (page === undefined) return;
  await page.getByRole('textbox', { name: 'Write a message' }).fill(text);
  await page.keyboard.press('Enter');
  await page.getByRole('listitem').filter({ hasText: text }).waitFor();
}

type PictureWish = { file: string; width: number; height: number; colorScheme: 'dark' | 'light' };

/** Takes a picture of a page, in 256 colours, which is a third of the bytes. */
async function picture(page: Page | undefined, { file, width, height, colorScheme }: PictureWish): Promise<void> {
  if (page === undefined) return;
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme });
  await page.bringToFront();
  await page.evaluate('document.activeElement.blur()');
  const isDrawn = () => page.evaluate<boolean>('[...document.images].every((image) => image.complete)');
  await until(isDrawn, { what: 'all pictures of the page are there' });
  await page.waitForTimeout(1500); // transitions are over
  const folder = await tempDir();
  try {
    const whole = join(folder.path, file);
    await page.screenshot({ path: whole });
    const target = join(projectRoot(), FOLDER);
    await mkdir(target, { recursive: true });
    const { path } = await testFfmpeg();
    const filter = 'split[a][b];[a]palettegen=max_colors=256[p];[b][p]paletteuse=dither=sierra2_4a';
    await runProgram(path, ['-v', 'error', '-y', '-i', whole, '-vf', filter, join(target, file)]);
    process.stdout.write(`${FOLDER}/${file}\n`);
  } finally {
    await folder.close();
  }
}

function personOf(people: ReadonlyMap<string, TestPerson>, name: string): TestPerson {
  const person = people.get(name);
  if (person === undefined) throw new Error(`There is nobody called ${name}.`);
  return person;
}

await main();
