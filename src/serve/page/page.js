// SPDX-License-Identifier: Apache-2.0
// What the page does beyond its form: looks before it sends, so that no private key leaves this
// machine; takes what is pasted or dropped at once; and puts the server's answer in place. The answer
// is made by the server alone: there is one way to show it.
(function () {
	'use strict';
	var form = document.getElementById('form');
	var answer = document.getElementById('answer');
	var token = document.getElementById('token');

	// Tokens live as long as this tab.
	var tokens = document.querySelectorAll('input[name=token]');
	Array.prototype.forEach.call(tokens, function (field) {
		try {
			field.value = sessionStorage.getItem('ctpolicy-token') || '';
			field.addEventListener('input', function () {
				sessionStorage.setItem('ctpolicy-token', field.value);
			});
		} catch (error) { /* no storage: it is typed again */ }
	});
	if (!form || !answer || !window.fetch || !window.FormData) {
		return;
	}
	var area = document.getElementById('certificate');
	var files = document.getElementById('files');
	var target = form.getAttribute('action');
	var max = Number(form.dataset.max);
	var said = document.createElement('div');
	said.id = 'said';
	said.setAttribute('role', 'alert');
	form.insertAdjacentElement('afterend', said);
	var sent = null; // the form's data that the answer in place is about
	var asked = 0; // answers that come late are dropped

	// Private keys: PEM of any kind, OpenSSH, PuTTY, JWK, Java's key stores; DER or its base64, which
	// begins with a version number where a certificate has a SEQUENCE, or is encrypted and has an OCTET
	// STRING behind one SEQUENCE; in UTF-16 too.

	function isKeyText(text) {
		return /PRIVATE KEY(?: BLOCK)?-----/.test(text) || /PuTTY-User-Key-File-/.test(text) ||
			(/"kty"/.test(text) && /"d"/.test(text));
	}

	// Of a DER element: its tag, where its contents begin and where it ends.
	function element(bytes, at) {
		var len = bytes[at + 1];
		var start = at + 2;
		if (len > 0x80) {
			var end = start + len - 0x80;
			for (len = 0; start < end; start++) {
				len = len * 256 + bytes[start];
			}
		}
		return {tag: bytes[at], start: start, end: start + len};
	}

	// A version in front: of a key, or of a PKCS #12 file, which is there to hold keys.
	function secretInObject(bytes, at) {
		var first = element(bytes, at);
		if (first.tag === 2 && first.end === first.start + 1) {
			return ['key', 'key', '', 'p12'][bytes[first.start]] || '';
		}
		return first.tag === 0x30 && bytes[first.end] === 4 ? 'key' : '';
	}

	// DER objects, one behind the other.
	function secretInDer(bytes) {
		for (var at = 0; bytes[at] === 0x30 && at + 6 <= bytes.length;) {
			var object = element(bytes, at);
			var secret = secretInObject(bytes, object.start);
			if (secret) {
				return secret;
			}
			at = object.end;
		}
		var magic = Array.prototype.slice.call(bytes, 0, 4).join();
		return magic === '254,237,254,237' || magic === '206,206,206,206' ? 'store' : '';
	}

	function ofBase64(text) {
		var plain = text.replace(/\\[nrt]|\s|\\/g, '').replace(/-/g, '+').replace(/_/g, '/');
		if (!/^[A-Za-z0-9+/]{6,}=*$/.test(plain)) {
			return [];
		}
		try {
			var bytes = atob(plain.slice(0, 65536));
			return Array.prototype.map.call(bytes, function (c) { return c.charCodeAt(0); });
		} catch (error) {
			return [];
		}
	}

	var WORDS = {
		key: 'This is a private key. It was not sent: nothing of it has left this machine. Nobody ' +
			'but its owner should have it. What is needed is the certificate, which begins with ' +
			'-----BEGIN CERTIFICATE-----.',
		p12: 'This is a PKCS #12 file, which may hold a private key. It was not sent. Extract the ' +
			'certificates: openssl pkcs12 -nokeys -in FILE',
		store: 'This is a Java key store, which may hold a private key. It was not sent. Extract the ' +
			'certificates: keytool -list -rfc -keystore FILE'
	};

	// What must not be sent: a name of WORDS, or ''.
	function secretIn(bytes) {
		var text = new TextDecoder('latin1').decode(bytes);
		if (isKeyText(text) || isKeyText(text.replace(/\0/g, ''))) {
			return 'key';
		}
		return [text].concat(text.match(/"[^"]{32,}"/g) || []).reduce(function (found, one) {
			return found || secretInDer(ofBase64(one.replace(/"/g, '')));
		}, secretInDer(bytes));
	}

	function secretInText(text) {
		return text ? secretIn(new TextEncoder().encode(text)) : '';
	}

	function bytesOf(file) {
		return new Promise(function (done, failed) {
			var reader = new FileReader();
			reader.onload = function () { done(new Uint8Array(reader.result)); };
			reader.onerror = function () { failed(reader.error); };
			reader.readAsArrayBuffer(file);
		});
	}

	// A sentence of ours in the place of the answer.
	function say(text) {
		asked++;
		answer.removeAttribute('aria-busy');
		answer.textContent = '';
		said.textContent = '';
		var box = document.createElement('section');
		box.id = 'verdict';
		box.className = 'verdict bad';
		box.innerHTML = '<p class="word"><span class="sign" aria-hidden="true"></span>Not sent</p>';
		var words = document.createElement('h2');
		words.tabIndex = -1;
		words.textContent = text;
		box.appendChild(words);
		said.appendChild(box);
		box.scrollIntoView({block: 'nearest'});
	}

	// The time section keeps its slider while it is moved.
	function put(html, keepSlider) {
		var when = keepSlider && document.getElementById('when');
		answer.innerHTML = html;
		var fresh = document.getElementById('when');
		if (when && fresh) {
			var shown = fresh.querySelector('output');
			when.querySelector('output').textContent = shown.textContent;
			when.querySelector('#day').value = fresh.querySelector('#day').value;
			fresh.replaceWith(when);
			when.querySelector('#slider').focus();
		}
		area.rows = 3;
		fill();
		ready();
		var isWrong = mark();
		if (!keepSlider && !isWrong) {
			var head = answer.querySelector('h2');
			if (head) {
				head.focus({preventScroll: true});
				answer.scrollIntoView({block: 'start'});
			}
		}
	}

	// Fields that the answer says anew: what it was about.
	function fill() {
		Array.prototype.forEach.call(answer.querySelectorAll('[data-fill]'), function (say) {
			form.elements[say.dataset.fill].value = say.dataset.value;
		});
	}

	function unmark() {
		Array.prototype.forEach.call(form.querySelectorAll('.wrong'), function (words) {
			var field = document.getElementById(words.id.replace('-wrong', ''));
			words.remove();
			field.removeAttribute('aria-invalid');
			field.setAttribute('aria-describedby', field.id + '-hint');
		});
	}

	// What is wrong, at its field, as a whole page has it.
	function mark() {
		unmark();
		var box = answer.querySelector('[data-wrong]');
		var field = box && box.dataset.wrong && document.getElementById(box.dataset.wrong);
		if (!field) {
			return false;
		}
		var words = document.createElement('span');
		words.className = 'wrong';
		words.id = field.id + '-wrong';
		words.textContent = box.querySelector('h2').textContent;
		field.insertAdjacentElement('afterend', words);
		field.setAttribute('aria-invalid', 'true');
		field.setAttribute('aria-describedby', field.id + '-hint ' + words.id);
		if (field.closest('details')) {
			field.closest('details').open = true;
		}
		field.focus();
		return true;
	}

	// What only a script can do.
	function ready() {
		var slide = document.getElementById('slide');
		var curl = document.querySelector('#curl pre code');
		if (slide) {
			slide.hidden = false;
		}
		if (!curl) {
			return;
		}
		curl.textContent = curl.textContent.replace(/'https?:\/\/[^/']+/, "'" + location.origin);
		var copy = document.createElement('button');
		copy.type = 'button';
		copy.id = 'copy';
		copy.textContent = 'Copy as curl';
		copy.addEventListener('click', function () {
			copyText(curl).then(function (done) {
				copy.textContent = done ? 'Copied' : 'Select it and copy it by hand';
			});
		});
		document.getElementById('link').insertAdjacentElement('beforebegin', copy);
		var link = document.getElementById('link');
		history.replaceState(null, '', link.getAttribute('href'));
	}

	function copyText(element) {
		if (navigator.clipboard && navigator.clipboard.writeText) {
			return navigator.clipboard.writeText(element.textContent).then(
				function () { return true; }, function () { return copyBySelection(element); });
		}
		return Promise.resolve(copyBySelection(element));
	}

	function copyBySelection(element) {
		document.getElementById('curl').open = true;
		var range = document.createRange();
		range.selectNodeContents(element);
		getSelection().removeAllRanges();
		getSelection().addRange(range);
		return document.execCommand('copy');
	}

	// The answer to a form's data; what `check` let through, and nothing else.
	function post(data) {
		if (token) {
			data.set('token', token.value);
		}
		return fetch(target + '?part=answer', {method: 'POST', body: data, credentials: 'same-origin'});
	}

	function unreachable() {
		say('The service cannot be reached. Try again in a moment.');
	}

	// An answer for people is put in place, a problem for programs is said.
	function show(response, isWanted, keepSlider) {
		var type = response.headers.get('Content-Type') || '';
		return response.text().then(function (text) {
			var problem = {};
			if (!isWanted()) {
				return;
			}
			answer.removeAttribute('aria-busy');
			if (type.indexOf('text/html') === 0) {
				put(text, keepSlider);
				return;
			}
			try {
				problem = JSON.parse(text);
			} catch (error) { /* said below */ }
			say(problem.detail || 'The service gave no answer that can be read.');
		}, function () {
			if (isWanted()) {
				unreachable();
			}
		});
	}

	// Sends a form's data and puts the answer in place.
	function ask(data, keepSlider) {
		var number = ++asked;
		function isWanted() {
			return number === asked;
		}
		said.textContent = '';
		answer.setAttribute('aria-busy', 'true');
		return post(data).then(function (response) {
			return show(response, isWanted, keepSlider);
		}, function () {
			if (isWanted()) {
				unreachable();
			}
		});
	}

	function askAnew(data) {
		sent = data;
		return ask(data, false);
	}

	// Everything that is about to leave, looked at; then `send` gets it. The one door.
	function check(data, send) {
		var texts = [];
		var blobs = [];
		var size = 0;
		data.forEach(function (value) {
			if (typeof value === 'string') {
				texts.push(value);
				size += value.length;
			} else {
				blobs.push(value);
				size += value.size;
			}
		});
		var secret = texts.map(secretInText).filter(Boolean)[0];
		if (secret) {
			say(WORDS[secret]);
			return Promise.resolve();
		}
		if (size > max) {
			say('This has ' + Math.ceil(size / 1024) + ' KB, and a request may have ' +
				Math.floor(max / 1024) + ' KB: not a certificate? One has a few. An audit of ' +
				'many is what the program ctpolicy audit is for.');
			return Promise.resolve();
		}
		return Promise.all(blobs.map(bytesOf)).then(function (all) {
			secret = all.map(secretIn).filter(Boolean)[0];
			if (secret) {
				say(WORDS[secret]);
				files.value = '';
				return;
			}
			return send(data);
		}, function () {
			say('The file cannot be read.');
		});
	}

	function whole() {
		var data = new FormData(form);
		data.delete('day');
		data.delete('shown');
		return data;
	}

	// What the answer in place is about; on a page that came whole, what its form has.
	function again(send) {
		return check(sent || whole(), function (data) {
			sent = data;
			return send(data);
		});
	}

	form.addEventListener('submit', function (event) {
		var button = event.submitter || {};
		event.preventDefault();
		if (button.name === 'go' && button.value === 'json') {
			again(download);
		} else if (button.name === 'go') {
			showDay(document.getElementById('day').value, false);
		} else if (button.name === 'pick') {
			again(function (data) {
				data.set('pick', button.value);
				return ask(data, false);
			});
		} else {
			check(whole(), askAnew);
		}
	});

	// The report of what the answer is about, as a file.
	function download(about) {
		var data = new FormData();
		about.forEach(function (value, name) { data.append(name, value); });
		data.set('go', 'json');
		return post(data).then(function (response) {
			if (!response.ok || /^text\/html/.test(response.headers.get('Content-Type') || '')) {
				return show(response, function () { return true; }, false);
			}
			var stated = /filename="([^"]+)"/.exec(
				response.headers.get('Content-Disposition') || '');
			return response.blob().then(function (blob) {
				save(blob, stated ? stated[1] : 'ctpolicy-report.json');
			}, unreachable);
		}, unreachable);
	}

	function save(blob, name) {
		var link = document.createElement('a');
		link.href = URL.createObjectURL(blob);
		link.download = name;
		link.click();
		setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
	}

	// At time.

	function showDay(at, keepSlider) {
		if (!at) {
			return;
		}
		again(function (data) {
			data.set('at', at);
			document.getElementById('at').value = at;
			return ask(data, keepSlider);
		});
	}

	function slid(slider) {
		var from = Date.parse(slider.dataset.from);
		var to = Date.parse(slider.dataset.to);
		var at = Math.min(from + Number(slider.value) * 86400000, to);
		return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
	}

	var waiting = 0;
	answer.addEventListener('input', function (event) {
		if (event.target.id !== 'slider') {
			return;
		}
		var at = slid(event.target);
		document.getElementById('shown').textContent = at.slice(0, 10) + ' ' + at.slice(11, 19) + ' UTC';
		clearTimeout(waiting);
		waiting = setTimeout(function () { showDay(at, true); }, 60);
	});

	// Paste anywhere; drop anywhere; pick.

	function withText(text) {
		area.value = text;
		files.value = '';
		return check(whole(), askAnew);
	}

	function withFiles(list) {
		var data = whole();
		data.delete('files');
		data.delete('certificate');
		area.value = '';
		Array.prototype.forEach.call(list, function (file) { data.append('files', file, file.name); });
		return check(data, askAnew);
	}

	document.addEventListener('paste', function (event) {
		var target = event.target;
		var clip = event.clipboardData;
		if (!clip) {
			return;
		}
		if (clip.files && clip.files.length) {
			event.preventDefault();
			withFiles(clip.files);
			return;
		}
		var text = clip.getData('text/plain');
		var secret = secretInText(text);
		if (secret) {
			event.preventDefault();
			say(WORDS[secret]);
			return;
		}
		var isOther = target !== area && /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName || '');
		if (isOther || !text.trim()) {
			return;
		}
		if (target === area && area.value.trim() &&
			!(area.selectionStart === 0 && area.selectionEnd === area.value.length)) {
			return; // another part of a chain: the button checks it all
		}
		event.preventDefault();
		withText(text);
	});
	['dragover', 'dragenter'].forEach(function (name) {
		document.addEventListener(name, function (event) {
			event.preventDefault();
			document.body.classList.add('drop');
		});
	});
	document.addEventListener('dragleave', function (event) {
		if (!event.relatedTarget) {
			document.body.classList.remove('drop');
		}
	});
	document.addEventListener('drop', function (event) {
		event.preventDefault();
		document.body.classList.remove('drop');
		var data = event.dataTransfer;
		if (data.files.length) {
			withFiles(data.files);
		} else if (data.getData('text/plain')) {
			withText(data.getData('text/plain'));
		}
	});
	files.addEventListener('change', function () {
		if (files.files.length) {
			check(whole(), askAnew);
		}
	});
	ready();
}());
