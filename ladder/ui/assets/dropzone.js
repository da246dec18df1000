// Takes one file by drop, click or key, asks Python for a ticket, sends the file with it and tells that it came.
// An upload goes on while another page of the app is looked at; it is found again by the key of its place.
const uploads = new Map()
const PATIENCE = 20000

export default function ({ data, parentElement, setTriggerValue }) {
  const upload = uploads.get(data.key) ?? { phase: "idle", wishes: 0 }
  uploads.set(data.key, upload)
  const place = parentElement.querySelector(".dropzone")
  const input = place.querySelector("input")
  input.accept = data.accept
  upload.tell = setTriggerValue
  upload.show = () => show(place, upload, data)
  input.onchange = () => {
    choose(upload, [...input.files])
    input.value = ""
  }
  place.ondragover = (event) => {
    event.preventDefault()
    place.classList.add("over")
  }
  place.ondragleave = () => place.classList.remove("over")
  place.ondrop = (event) => {
    event.preventDefault()
    place.classList.remove("over")
    if (!isBusy(upload)) choose(upload, [...event.dataTransfer.files])
  }
  place.querySelector("button").onclick = () => (isBusy(upload) ? cancel(upload) : ask(upload))
  if (upload.phase === "asking" && data.answer?.wish === upload.wish) answered(upload, data.answer)
  upload.show()
}

const isBusy = (upload) => ["asking", "sending", "arriving"].includes(upload.phase)

function choose(upload, files) {
  if (files.length === 1) {
    upload.file = files[0]
    ask(upload)
  } else if (files.length > 1) {
    upload.file = null
    fail(upload, { title: "One file at a time.", message: `You chose ${files.length}.` })
  }
}

function ask(upload) {
  upload.wish = `${Date.now()}-${++upload.wishes}`
  upload.sent = 0
  turn(upload, "asking")
  upload.timer = setTimeout(() => fail(upload, { title: "The server does not answer.", message: "Try again." }), PATIENCE)
  upload.tell("asked", { wish: upload.wish, name: upload.file.name, size: upload.file.size })
}

function answered(upload, answer) {
  clearTimeout(upload.timer)
  if (answer.ticket) return send(upload, answer.ticket)
  // The same file would be refused again: there is nothing to try again with.
  upload.file = null
  fail(upload, answer.problem)
}

function send(upload, ticket) {
  const request = new XMLHttpRequest()
  upload.request = request
  request.upload.onprogress = (event) => {
    upload.sent = event.loaded
    turn(upload, event.loaded < upload.file.size ? "sending" : "arriving")
  }
  request.onload = () => (request.status === 201 ? arrive(upload) : fail(upload, told(request)))
  request.onerror = () => fail(upload, { title: "The upload broke off.", message: "Nothing was kept." })
  request.onabort = () => fail(upload, { title: "The upload was cancelled.", message: "Nothing was kept." })
  request.open("PUT", "/api/upload")
  request.setRequestHeader("x-upload-ticket", ticket)
  turn(upload, "sending")
  request.send(upload.file)
}

function arrive(upload) {
  turn(upload, "arrived")
  upload.file = null
  upload.tell("arrived", true)
}

function cancel(upload) {
  clearTimeout(upload.timer)
  if (upload.phase === "asking") turn(upload, "idle")
  else upload.request.abort()
}

function fail(upload, problem) {
  clearTimeout(upload.timer)
  upload.problem = problem
  turn(upload, "failed")
}

function turn(upload, phase) {
  upload.phase = phase
  window[phase === "sending" ? "addEventListener" : "removeEventListener"]("beforeunload", warn)
  upload.show()
}

function warn(event) {
  event.preventDefault()
}

function told(request) {
  try {
    return JSON.parse(request.responseText)
  } catch {
    return { title: "The upload failed.", message: `The server answered ${request.status}.` }
  }
}

function show(place, upload, data) {
  const parts = ["input", "label", ".upload", ".problem", "button"]
  const [input, label, bar, problem, button] = parts.map((part) => place.querySelector(part))
  const shown = isBusy(upload) || upload.phase === "arrived"
  const held = [input, button].includes(place.getRootNode().activeElement)
  write(label, data.label, data.about)
  label.hidden = input.disabled = shown
  bar.hidden = !shown
  if (shown) drawBar(bar, upload)
  problem.hidden = upload.phase !== "failed"
  if (!problem.hidden) write(problem, sentence(upload.problem.title), words(upload.problem))
  button.textContent = isBusy(upload) ? "Cancel" : "Try again"
  button.hidden = !isBusy(upload) && !(upload.phase === "failed" && upload.file)
  if (held && input.disabled && !button.hidden) button.focus()
  if (held && button.hidden && !input.disabled) input.focus()
}

function drawBar(bar, upload) {
  const share = upload.file ? (upload.sent ?? 0) / (upload.file.size || 1) : 1
  bar.querySelector("progress").value = Math.min(share, 1)
  const step = {
    asking: "Waiting for the server …",
    sending: `${inBytes(upload.sent)} of ${inBytes(upload.file?.size)}, ${Math.floor(share * 100)} %`,
    arriving: "Storing …",
    arrived: "Looking into the file …",
  }
  upload.name = upload.file?.name ?? upload.name
  write(bar, upload.name, step[upload.phase])
}

function write(part, title, text) {
  part.querySelector("strong").textContent = title
  part.querySelector("span").textContent = text
}

const sentence = (text) => (/[.!?]$/.test(text) ? text : `${text}.`)
const words = (problem) => [problem.message, problem.hint].filter(Boolean).join(" ")

function inBytes(size = 0) {
  const units = ["bytes", "kB", "MB", "GB", "TB"]
  const power = Math.min(Math.floor(Math.log10(Math.max(size, 1)) / 3), 4)
  return `${power ? (size / 1000 ** power).toFixed(1) : size} ${units[power]}`
}
