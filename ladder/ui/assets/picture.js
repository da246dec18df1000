// Shows a picture made in Python and reports a click, Enter or Space on one of its marks.
export default function ({ data, parentElement, setTriggerValue }) {
  const place = parentElement.querySelector(".picture")
  if (place.drawn !== data.html) {
    place.innerHTML = data.html
    place.drawn = data.html
  }
  place.dataset.theme = isDark(place) ? "dark" : "light"
  const tell = (event) => {
    const mark = event.target.closest(".mark")
    if (!mark) return
    event.preventDefault()
    setTriggerValue("clicked", { ...mark.dataset })
  }
  place.onclick = tell
  place.onkeydown = (event) => {
    if (event.key === "Enter" || event.key === " ") tell(event)
  }
}

function isDark(element) {
  const probe = document.createElement("i")
  probe.style.color = "var(--st-background-color)"
  element.appendChild(probe)
  const [red, green, blue] = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number)
  probe.remove()
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128
}
