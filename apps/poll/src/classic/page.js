'use strict';
const socket = io();
const find = (id) => document.getElementById(id);
const buttons = [...document.querySelectorAll('#choices button')];
for (const button of buttons) {
  button.addEventListener('click', () => socket.send('voteCast', button.textContent));
}
socket.on('statusMessage', (text) => { find('status-message').textContent = text; });
socket.on('disconnect', () => { find('status-message').textContent = 'Connection lost. Trying again…'; });
socket.on('usersConnected', (count) => { find('connection-count').textContent = 'Connected: ' + count; });
socket.on('userVote', (choice) => {
  find('status-message').textContent = 'You voted for ' + choice + '.';
  for (const button of buttons) button.setAttribute('aria-pressed', String(button.textContent === choice));
});
socket.on('voteCount', (votes) => {
  const most = Math.max(1, ...Object.values(votes));
  find('vote-count').replaceChildren(...Object.entries(votes).flatMap(([choice, count]) => {
    const [name, bar, number] = ['dt', 'dd', 'dd'].map((tag) => document.createElement(tag));
    const meter = document.createElement('meter');
    meter.max = most;
    meter.value = count;
    meter.setAttribute('aria-label', 'Votes for ' + choice);
    name.textContent = choice;
    bar.append(meter);
    number.textContent = count;
    return [name, bar, number];
  }));
});
