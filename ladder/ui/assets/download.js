// Asks Python for a file when clicked, then fetches it from the address that works once.
export default function ({ data, parentElement, setTriggerValue }) {
  const button = parentElement.querySelector("button")
  button.textContent = data.label
  button.onclick = () => {
    button.asked = true
    setTriggerValue("asked", true)
  }
  if (button.asked && data.path && button.fetched !== data.path) {
    button.asked = false
    button.fetched = data.path
    const link = document.createElement("a")
    link.href = data.path
    link.download = ""
    link.click()
  }
}
