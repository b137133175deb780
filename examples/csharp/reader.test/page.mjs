// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// usage: node page.mjs ADDRESS TEXT CHROMIUM FOLDER     the folder has node_modules/playwright-core; pictures go there
// Prints a line `ok NAME` or `not ok NAME` for each test.

import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [address, text, executablePath, folder] = process.argv.slice(2);
const { chromium } = createRequire(resolve(folder, 'x.js'))('playwright-core');
const question = 'Where should the backups be kept in case the building burns down?';
let failures = 0;

async function test(name, body) {
  try {
    await body();
    console.log('ok csharp example: ' + name);
  } catch (error) {
    failures++;
    console.log('not ok csharp example: ' + name);
    console.log(String(error.stack).replace(/^/gm, '    '));
  }
}

function check(right, what) {
  if (!right) throw new Error('not so: ' + what);
}

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1280, height: 860 }, colorScheme: 'light' });
page.setDefaultTimeout(60_000);
const complaints = [];
page.on('pageerror', error => complaints.push(error.message));
page.on('console', message => message.type() === 'error' && complaints.push(message.text()));
await page.goto(address);

await test('page: a file that is chosen is read, and its progress reaches 100 %', async () => {
  // Every percentage that is shown.
  await page.evaluate(() => {
    window.shown = [];
    const list = document.getElementById('documents');
    new MutationObserver(() => {
      const percent = list.querySelector('li .name span');
      if (percent && percent.textContent) shown.push(parseInt(percent.textContent));
    }).observe(list, { subtree: true, childList: true, characterData: true });
  });
  await page.setInputFiles('#file', text);
  await page.waitForFunction(() => window.shown.some(percent => percent > 20));
  await page.screenshot({ path: folder + '/reading.png' });
  await page.getByText('handbook.txt has been read.').waitFor();
  const shown = await page.evaluate(() => window.shown);
  check(new Set(shown).size > 10, 'more than ten percentages: ' + shown);
  check(shown.at(-1) === 100, 'the last one is 100: ' + shown.at(-1));
  check(shown.every((percent, i) => i === 0 || percent >= shown[i - 1]), 'they grow: ' + shown);
});

await test('page: a question shows the right passage, highlighted within the text', async () => {
  await page.getByLabel('Search in').selectOption({ label: 'handbook.txt' });
  await page.getByLabel('Your question').fill(question);
  await page.keyboard.press('Enter');
  await page.locator('.answer').first().waitFor();
  check((await page.locator('.answer').first().innerText()).includes('fireproof safe'), 'the first answer');
  const mark = page.locator('#text mark.now');
  await mark.waitFor();
  check((await mark.innerText()).includes('fireproof safe'), 'the mark');
  const place = await mark.boundingBox();
  const view = await page.locator('#text').boundingBox();
  check(place.y >= view.y && place.y + 20 < view.y + view.height, 'the mark is in view');
  const around = (await page.locator('#text').innerText()).length;
  check(around > 40_000, 'text around the mark: ' + around);
  check(await page.locator('#text mark').count() > 1, 'other answers nearby are marked too');
  await page.screenshot({ path: folder + '/answers.png' });
});

await test('page: another answer is shown by the keyboard, also in the dark and on a small screen', async () => {
  const second = page.locator('.answer').nth(1);
  await second.focus();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelectorAll('.answer')[1].getAttribute('aria-pressed') === 'true');
  const said = await second.locator('.said').innerText();
  await page.waitForFunction(said => document.querySelector('#text mark.now').textContent.includes(said.slice(0, 40)), said);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.screenshot({ path: folder + '/dark.png' });
  const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  check(ground.match(/\d+/g).every(part => part < 64), 'a dark ground: ' + ground);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.screenshot({ path: folder + '/small.png', fullPage: true });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  check(wide <= 390, 'nothing is wider than the screen: ' + wide);
});

await test('page: every control has a name, and nothing complained', async () => {
  for (const control of await page.locator('button, input, select, textarea, a, progress').all()) {
    const name = await control.evaluate(element =>
      element.getAttribute('aria-label') || element.labels?.[0]?.textContent || element.textContent.trim());
    check(name, 'a name of ' + await control.evaluate(element => element.outerHTML));
  }
  check(complaints.length === 0, complaints.join('; '));
});

await test('page: a reading that is cancelled stops on the server', async () => {
  await page.setInputFiles('#file', text);
  await page.waitForFunction(() => document.querySelectorAll('#documents progress:not([hidden])').length === 1 &&
    document.querySelector('#documents progress:not([hidden])').value > 0);
  await page.getByRole('button', { name: 'Cancel handbook.txt' }).click();
  await page.getByText('Cancelled', { exact: true }).waitFor();
  for (let wait = 0; ; wait++) {
    const documents = await (await fetch(address + '/documents')).json();
    if (documents.every(info => info.state === 'done')) break;
    check(wait < 40, 'the server stops within two seconds');
    await new Promise(done => setTimeout(done, 50));
  }
});

await browser.close();
process.exit(failures > 0 ? 1 : 0);
