// On a phone the sidebar covers the page: close it once a link in it was followed.
export default function ({ data, parentElement }) {
  const place = parentElement.querySelector("span")
  const followed = place.page !== undefined && place.page !== data.page
  place.page = data.page
  if (followed && window.matchMedia("(max-width: 767px)").matches) {
    document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click()
  }
}
