/** The least a chat window can be: FERRY_BENCH_RELAY is the address of a relay, the page does the rest. */
const { app, BrowserWindow } = require('electron')
const path = require('node:path')

app.whenReady().then(async () => {
  const window = new BrowserWindow({ width: 1100, height: 760 })
  const relay = process.env.FERRY_BENCH_RELAY ?? ''
  await window.loadFile(path.join(__dirname, 'index.html'), { query: { relay } })
})
