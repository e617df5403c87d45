(function () {
  "use strict";
  var form = document.getElementById("filters");
  if (!form) return;
  var findings = Array.prototype.slice.call(document.querySelectorAll(".finding"));
  var bids = Array.prototype.slice.call(document.querySelectorAll(".bid"));
  function apply() {
    var bidder = form.elements.bidder.value;
    var words = form.elements.words.value.trim().toLowerCase();
    var rigidOnly = form.elements.rigid.checked;
    var results = Array.prototype.filter
      .call(form.elements.result, function (box) { return box.checked; })
      .map(function (box) { return box.value; });
    var shown = 0;
    findings.forEach(function (finding) {
      var visible =
        (bidder === "" || finding.dataset.bidder === bidder) &&
        results.indexOf(finding.dataset.result) >= 0 &&
        (!rigidOnly || finding.dataset.rigid === "1") &&
        (words === "" || finding.textContent.toLowerCase().indexOf(words) >= 0);
      finding.hidden = !visible;
      if (visible) shown += 1;
    });
    bids.forEach(function (bid) { bid.hidden = !bid.querySelector(".finding:not([hidden])"); });
    document.getElementById("shown").textContent = String(shown);
    document.getElementById("none").hidden = shown > 0;
  }
  form.addEventListener("input", apply);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  apply();
})();
