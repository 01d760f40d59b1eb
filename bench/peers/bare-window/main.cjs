/** The least an Electron window can be: what starting and holding the runtime itself costs. */
const { app, BrowserWindow } = require('electron')
const path = require('node:path')

const painted =
  'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(Date.now()))))'

app.whenReady().then(async () => {
  const window = new BrowserWindow({ width: 1100, height: 760 })
  await window.loadFile(path.join(__dirname, 'index.html'))
  const at = await window.webContents.executeJavaScript(painted)
  process.stdout.write(`PAINTED ${at}\n`)
  if (process.env.FERRY_REPORT_PAINTED === 'quit') app.quit()
})
