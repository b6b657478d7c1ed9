"use strict";
/* A comfort: the page is complete without it. Finds scenarios by words; "/" leads there. */
const scenarios = [...document.querySelectorAll(".s")];
const search = document.createElement("input");
search.type = "search";
search.placeholder = "Find by name, title or finding";
search.setAttribute("aria-label", search.placeholder);
search.addEventListener("input", () => {
	const words = search.value.toLowerCase().split(/\s+/);
	for (const one of scenarios) {
		const text = one.textContent.toLowerCase();
		one.classList.toggle("elsewhere", !words.every((word) => text.includes(word)));
	}
});
document.querySelector(".filters").append(search);
document.addEventListener("keydown", (event) => {
	if (event.key === "/" && document.activeElement !== search) {
		event.preventDefault();
		search.focus();
	}
});
/* Findings that a drawing leads to may lie in a closed list. */
document.addEventListener("click", (event) => {
	const link = event.target.closest("a.tag");
	const found = link && document.querySelector(link.getAttribute("href"));
	for (let at = found; at; at = at.parentElement) {
		if (at.localName === "details") at.open = true;
	}
});
